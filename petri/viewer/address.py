"""Where the server listens, and what it may be called there."""

import errno
import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from petri.errors import NotServed

LOOPBACK: Final = "127.0.0.1"
PORT: Final = 7387  # PETR, on the keys of a telephone
_TRIED: Final = 32
_SHORTEST_TOKEN: Final = 16
_TOKEN: Final = re.compile(rf"[A-Za-z0-9_-]{{{_SHORTEST_TOKEN},150}}")
_HTTP: Final = 80  # which an address does not name

Family = socket.AddressFamily
Place = tuple[str, int] | tuple[str, int, int, int]
"""A socket's address, in the two forms that Python has them in."""


@dataclass(frozen=True, slots=True)
class Listening:
    """An open port."""

    socket: socket.socket
    host: str
    """As it was chosen."""
    port: int
    """As it was got."""
    loopback: bool
    """Whether only this machine can reach it."""

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{_authority(self.host, self.port)}/"

    def authorities(self) -> frozenset[str]:
        """Give what a browser may call this server: another name leads here only where somebody made it so."""
        names = {self.host.lower(), self.socket.getsockname()[0]}
        if self.loopback:
            names |= {LOOPBACK, "localhost", "::1"}
        return frozenset(_authority(name, self.port) for name in names)


def listen(host: str, port: int | None, token: str | None) -> Listening:
    """Open a port: the one given (0: any free one), else the first free one from ``PORT`` on.

    Raises ``NotServed`` where that cannot be, and, before anything is open, where others could reach it without a token
    that was chosen for it.
    """
    found = _resolve(host)
    loopback = _only_this_machine(host, [place[0] for _, place in found], token)
    family, place = found[0]
    ports = range(PORT, PORT + _TRIED) if port is None else [port]
    opened = _first_free(family, place, ports)
    if isinstance(opened, OSError):
        where = f"port {port}" if port is not None else f"the ports {PORT} to {PORT + _TRIED - 1}"
        raise NotServed(
            f"{host}: {where}: {opened.strerror or opened}; --port 0 takes any free one"
        ) from opened
    return Listening(opened, host, opened.getsockname()[1], loopback)


def _resolve(host: str) -> list[tuple[Family, Place]]:
    """Give the addresses that a name stands for; one that is written in numbers is asked of nobody."""
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return _look_up(host)
    if literal.version == 4:  # noqa: PLR2004 -- IPv4
        return [(socket.AF_INET, (host, 0))]
    return [(socket.AF_INET6, (host, 0, 0, 0))]


def _look_up(name: str) -> list[tuple[Family, Place]]:
    try:
        found = socket.getaddrinfo(name or None, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise NotServed(f"--host {name!r} is no address of this machine: {error}") from error
    return [(family, _place(address)) for family, _, _, _, address in found]


def _place(address: tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]) -> Place:
    """Give an address as Python has it with IPv6; without, it has the address of another kind of socket."""
    match address:
        case (str(name), int(port)):
            return name, port
        case (str(name), int(port), int(flow), int(scope)):
            return name, port, flow, scope
        case _:
            raise NotServed("this Python has no IPv6; --host 127.0.0.1 works without")


def _only_this_machine(host: str, names: Iterable[str], token: str | None) -> bool:
    """Give whether nobody else can reach these addresses; raises ``NotServed`` where they could, and may not."""
    addresses = [ipaddress.ip_address(name.partition("%")[0]) for name in names]
    if any(address.is_unspecified for address in addresses):
        raise NotServed(
            f"--host {host!r} means every address of this machine; give the one that people will type, with --token"
        )
    if all(address.is_loopback for address in addresses):
        return True
    if token is None:
        raise NotServed(
            f"--host {host}: others can reach that address; give a --token of {_SHORTEST_TOKEN} characters or more, "
            "which they will need"
        )
    return False


def check_token(token: str) -> None:
    """Raise ``NotServed`` for a token that could be guessed, or that an address cannot hold."""
    if not _TOKEN.fullmatch(token):
        raise NotServed(f"--token: {_SHORTEST_TOKEN} letters, digits, '-' and '_' or more")


def _first_free(family: Family, place: Place, ports: Iterable[int]) -> socket.socket | OSError:
    """Give a socket that listens on the first of these ports that is free, or why none does."""
    fault = OSError(errno.EADDRINUSE, "no port was tried")
    for port in ports:
        listening = socket.socket(family, socket.SOCK_STREAM)
        try:
            listening.setsockopt(
                socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
            )  # or a port would rest after its server
            listening.bind((place[0], port, *place[2:]))
            listening.listen()
        except OSError as error:
            listening.close()
            fault = error
            if error.errno != errno.EADDRINUSE:
                break
        else:
            return listening
    return fault


def _authority(host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port == _HTTP else f"{name}:{port}"
