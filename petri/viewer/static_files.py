"""The page: a few files that are built once, and held in memory, so that no address ever becomes a path."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from petri.errors import NotServed

FOLDER: Final = Path(__file__).with_name("static")
_INDEX: Final = "index.html"
_KINDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file of the page."""

    body: bytes
    kind: str
    """Its content type."""


def read_page(folder: Path = FOLDER) -> Mapping[str, StaticFile]:
    """Give the files of the page by their addresses; raises ``NotServed`` where it was not built."""
    if not (folder / _INDEX).is_file():
        raise NotServed(
            f"the page is not built: {_INDEX} is missing beside the viewer; `make web` builds it in a checkout, "
            "and every wheel has it"
        )
    files = {
        f"/{path.name}": StaticFile(path.read_bytes(), _KINDS[path.suffix])
        for path in sorted(folder.iterdir())
        if path.suffix in _KINDS and path.is_file() and not path.is_symlink()
    }
    return {"/": files.pop(f"/{_INDEX}"), **files}
