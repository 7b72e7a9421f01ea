"""What is given away, without what must not leave this machine: keys, and where and as whom Petri runs here."""

import re
import socket
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, cast

from petri.secrets import REMOVED, patterns

_PEM: Final = r"-----(?:BEGIN|END) [A-Z ]{0,30}PRIVATE KEY-----"
_SHAPES: Final = re.compile(
    r"\bAIza[0-9A-Za-z_-]{35}"
    r"|\b(?:gh[pousr]_|github_pat_)[0-9A-Za-z_]{30,}"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|(?<![0-9A-Za-z-])xox[abprs]-[0-9A-Za-z-]{20,}"
    r"|\bhf_[0-9A-Za-z]{30,}"
    r"|(?<![0-9A-Za-z_-])eyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]+"
    rf"|{_PEM}[0-9A-Za-z+/=\s\\]{{0,10000}}(?:{_PEM})?"
)
"""Keys by their shape, more than are kept out of logs: there a world's made-up key is evidence that one may want."""

_SIGNS: Final = (
    *("AIza", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "AKIA", "ASIA", "xox", "hf_", "eyJ"),
    "PRIVATE KEY-----",
)
"""One of these stands in every such key; looking for them is a hundred times as fast."""

_HOMES: Final = re.compile(r"(?<![\w.~-])(?:/home|/Users|[A-Za-z]:\\+Users)[/\\]+[^/\\\s\"':;,)\]]+")
_FOLDERS: Final = re.compile(
    r"(?<![\w:/.~-])/(?:[^/\s\"':;,()\[\]]+/)+|(?<!\w)[A-Za-z]:\\+(?:[^\\\s\"':;,()\[\]]+\\+)+"
)
"""The folders of a path from the root; what stands before has to tell them from an address and from and/or."""

_TELLING: Final = re.compile(r"[\d._-]")
"""A host's name without any of these is a word of the language."""

_PARTS: Final = 3
"""A folder from the root with so many parts is one person's; ``/`` and ``/root`` are everyone's."""

_SAID: Final = frozenset(
    {
        *(
            "messages",
            "auditor",
            "tree",
            "toolsets",
            "tools",
            "world",
            "checks",
            "prefix",
            "prefix_tools",
            "skills",
        ),
        *(
            "variables",
            "seed",
            "system",
            "guidance",
            "stop_when",
            "validity",
            "prompts",
            "settings",
            "rubric",
        ),
        *(
            "reason",
            "validity_reason",
            "evidence",
            "quotes",
            "citation",
            "citations",
            "notes",
            "measured",
            "flagged",
            "names",
        ),
        *("realism", "lint", "comparisons", "repairs", "deployed", "imported", "description", "parameters"),
    }
)
"""Keys of what people, models and tools said. Whatever stands under any other key is Petri's own, as is all that will
be added: models' names too, for what was set for one stands in its name, and a script or a program is set by its path.
"""

Mode = Literal["open", "ours", "said"]


class _Pass(NamedTuple):
    pattern: re.Pattern[str]
    instead: str
    signs: tuple[str, ...] = ()
    """Nothing is found in a text without any of these; unknown where there are none."""

    def cuts(self, text: str) -> tuple["_Cut", ...]:
        """Give what is found, in order."""
        if self.signs and not any(sign in text for sign in self.signs):
            return ()
        return tuple(_Cut(*match.span(), len(self.instead)) for match in self.pattern.finditer(text))


class _Cut(NamedTuple):
    start: int
    end: int
    instead: int
    """The length of what stands there now."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text that something was taken out of, and where its places lie now."""

    before: str
    text: str
    cuts: tuple[tuple[_Cut, ...], ...]
    """What each pass took out, in the text that it was given."""

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Give where a stretch lies now, in UTF-16 units as before; what was cut is in it whole or not at all."""
        first, last = _points(self.before, start), _points(self.before, end)
        for cuts in self.cuts:
            first, last = _moved(first, cuts, ending=False), _moved(last, cuts, ending=True)
        return _units(self.text, first), _units(self.text, last)


class Cleaner:
    """Takes out secrets, and counts them; the names of folders, homes and this host go without being counted."""

    def __init__(self, home: Path | None = None, host: str | None = None) -> None:
        """Know this machine's own words, or those that are given in their place."""
        self.removed = 0
        """Secrets that were taken out so far."""
        self._secrets = [
            *(_Pass(pattern, REMOVED) for pattern in patterns()),
            _Pass(_SHAPES, REMOVED, _SIGNS),
        ]
        self._here = [*_home(home or Path.home()), *_host(host or socket.gethostname())]
        self._ours = [*self._here, _Pass(_HOMES, "~", ("/home", "Users")), _Pass(_FOLDERS, "", ("/", ":"))]

    def said(self, text: str) -> str:
        """Give what a model or a tool said: as it was, but for secrets and this machine's own names."""
        return self.traced(text).text

    def ours(self, text: str) -> str:
        """Give a text of Petri's own, such as a file's name or an error: without any folders too."""
        return self._clean(text, self._ours).text

    def traced(self, text: str) -> Cleaned:
        """Give what was said, and where its places lie now."""
        return self._clean(text, self._here)

    def data(self, value: Any, mode: Mode = "open") -> Any:
        """Give JSON data with every text in it cleaned, keys too; what was said by whom is told by the keys."""
        if isinstance(value, str):
            return self.said(value) if mode == "said" else self.ours(value)
        if isinstance(value, list):
            return [self.data(item, mode) for item in cast("list[Any]", value)]
        if isinstance(value, dict):
            found: dict[str, Any] = {}
            for key, item in cast("dict[str, Any]", value).items():
                name = self.said(key) if mode == "said" else self.ours(key)
                found[_unused(name, found)] = self.data(item, _mode(key, mode))
            return found
        return value

    def _clean(self, text: str, more: Sequence[_Pass]) -> Cleaned:
        done, now = list[tuple[_Cut, ...]](), text
        for number, one in enumerate((*self._secrets, *more)):
            cuts = one.cuts(now)
            if cuts:
                now = _without(now, cuts, one.instead)
                done.append(cuts)
                self.removed += len(cuts) if number < len(self._secrets) else 0
        return Cleaned(text, now, tuple(done))


def _mode(key: str, mode: Mode) -> Mode:
    """Give how to read what stands under a key; no key within what was said changes it."""
    return "said" if mode == "open" and key in _SAID else mode


def _unused(key: str, found: dict[str, Any]) -> str:
    """Give a key that no other has: two may be the same once something was taken out."""
    number, name = 2, key
    while name in found:
        name, number = f"{key} ({number})", number + 1
    return name


def _home(home: Path) -> Iterator[_Pass]:
    if len(home.parts) >= _PARTS:
        ways = {re.escape(str(home)), re.escape(home.as_posix())}
        yield _Pass(re.compile(f"(?:{'|'.join(sorted(ways))})(?![\\w-])"), "~", (home.name,))


def _host(name: str) -> Iterator[_Pass]:
    if _TELLING.search(name) and name != "localhost":
        yield _Pass(re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", re.IGNORECASE), "[host]")


def _without(text: str, cuts: Sequence[_Cut], instead: str) -> str:
    kept: list[str] = []
    at = 0
    for cut in cuts:
        kept += [text[at : cut.start], instead]
        at = cut.end
    return "".join([*kept, text[at:]])


def _moved(at: int, cuts: Sequence[_Cut], *, ending: bool) -> int:
    """Give where a point between two characters lies now; one within a cut goes to the side that keeps it whole."""
    before = bisect_right(cuts, at, key=lambda cut: cut.end)
    shift = sum(cut.instead - (cut.end - cut.start) for cut in cuts[:before])
    if before < len(cuts) and cuts[before].start < at:
        within = cuts[before]
        return within.start + shift + (within.instead if ending else 0)
    return at + shift


def _points(text: str, units: int) -> int:
    """Give a place in characters that is given in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "surrogatepass"))


def _units(text: str, points: int) -> int:
    return len(text[:points].encode("utf-16-le", "surrogatepass")) // 2
