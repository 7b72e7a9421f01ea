"""Paths of the virtual file system: text that is put in normal form and never given to the real one."""

from typing import Final

from petri.errors import WorldError

LONGEST_NAME: Final = 255
LONGEST_PATH: Final = 4096
DEEPEST: Final = 100


def resolve(path: str, *, cwd: str, home: str) -> str:
    """Give the absolute path in normal form; ``..`` above the root stays at the root."""
    if "\0" in path:
        raise WorldError("Invalid argument")
    if not path:
        raise WorldError("No such file or directory")
    if path == "~" or path.startswith("~/"):
        path = home + path[1:]
    parts: list[str] = []
    for part in (path if path.startswith("/") else f"{cwd}/{path}").split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    whole = "/" + "/".join(parts)
    too_long = any(len(part.encode()) > LONGEST_NAME for part in parts)
    if too_long or len(whole.encode()) > LONGEST_PATH or len(parts) > DEEPEST:
        raise WorldError("File name too long")
    return whole


def parent(path: str) -> str:
    """Give the folder that a path in normal form lies in; the root lies in itself."""
    return path.rpartition("/")[0] or "/"


def name(path: str) -> str:
    """Give the last part of a path in normal form; the root's is ``/``."""
    return path.rpartition("/")[2] or "/"


def join(folder: str, child: str) -> str:
    """Give the path of a child of a folder, both in normal form."""
    return f"{folder.rstrip('/')}/{child}"


def ancestors(path: str) -> list[str]:
    """Give the folders above a path in normal form, the root first."""
    parts = path.split("/")[1:-1]
    return ["/", *("/" + "/".join(parts[:end]) for end in range(1, len(parts) + 1))] if path != "/" else []
