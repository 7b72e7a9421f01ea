"""One page that holds all it shows: the viewer's script and style inside of it, and its data, packed, by route."""

import base64
import gzip
import hashlib
import html
import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from petri.errors import PetriError
from petri.viewer.static_files import FOLDER, read_page

_ESCAPED: Final = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}

_HEAD: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="petri export">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript. Everything it shows is in this file; nothing is fetched.</noscript>
<script type="application/json" id="petri-data">{{"format":"petri-export/1","routes":{{"""
_TAIL: Final = """}}}}</script>
<script>{script}</script>
</body>
</html>
"""


class Routes:
    """What the page will find under which route."""

    def __init__(self, out: BinaryIO) -> None:
        """Write to this file."""
        self._out = out
        self._known: set[str] = set()

    def add(self, route: str, data: bytes) -> None:
        """Write what a route answers with, as JSON; one that is known already stays as it is."""
        self._write(route, base64.b64encode(gzip.compress(data, mtime=0)).decode("ascii"))

    def alias(self, route: str, same_as: str) -> None:
        """Say that a route answers with the same as another; no packed data begin like a route."""
        self._write(route, same_as)

    def __contains__(self, route: str) -> bool:
        """Say whether the route is known."""
        return route in self._known

    def _write(self, route: str, value: str) -> None:
        if route not in self._known:
            comma = b",\n" if self._known else b"\n"
            self._out.write(comma + f"{_quoted(route)}:{_quoted(value)}".encode("ascii"))
            self._known.add(route)


@contextmanager
def page(out: BinaryIO, title: str, static: Path = FOLDER) -> Generator[Routes]:
    """Write the page around the routes that are added meanwhile, which go to the file one at a time."""
    files = read_page(static)
    script, style = (_inlined(name, files[f"/{name}"].body.decode()) for name in ("app.js", "app.css"))
    head = _HEAD.format(policy=html.escape(_policy(script, style)), title=html.escape(title), style=style)
    out.write(head.encode())
    yield Routes(out)
    out.write(_TAIL.format(script=script).encode())


def _policy(script: str, style: str) -> str:
    """Give the rules that a browser holds the page to: these two texts of ours, no network, no other page."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_digest(script)}",
            f"style-src {_digest(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _inlined(name: str, text: str) -> str:
    """Give a text of the built page as it stands within HTML; its digest is of that."""
    # A browser stops reading at these, or reads on past the end, whatever quotes they stand in.
    for ending in ("</script", "<script", "</style"):
        if ending in text.lower():
            raise PetriError(f"the viewer's {name} holds {ending!r}, and cannot stand within a page")
    return text.replace("\r\n", "\n")


def _quoted(text: str) -> str:
    return json.dumps(text).translate(_ESCAPED)
