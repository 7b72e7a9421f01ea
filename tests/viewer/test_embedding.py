"""The page that holds its data: what a browser makes of it, and what it may do."""

import base64
import gzip
import hashlib
import io
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from petri.errors import NotServed, PetriError
from petri.viewer.embedding import Routes, page

HOSTILE = '</script><script>fire()</script><!--<img src=x onerror=fire()>&\u2028" {title} {0}'


class Read(HTMLParser):
    """The elements of a page, and what stands in its scripts and its style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts.setdefault(self._open[-1], []).append(data)

    def policy(self) -> dict[str, str]:
        (said,) = [
            attributes["content"] or ""
            for tag, attributes in self.elements
            if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
        ]
        return {name: rest for name, _, rest in (part.partition(" ") for part in said.split("; "))}

    def data(self) -> dict[str, Any]:
        return json.loads(self.texts["script"][0])


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html>", encoding="utf-8")
    (folder / "app.js").write_text(
        'const a = "{braces} ü";\r\nrun(a && 1 < 2);\n', encoding="utf-8", newline=""
    )
    (folder / "app.css").write_text("p > b { color: red }\n", encoding="utf-8")
    return folder


def written(static: Path, title: str = "A title", **routes: Any) -> str:
    out = io.BytesIO()
    with page(out, title, static) as held:
        for name, data in routes.items():
            held.add(f"/api/{name}", json.dumps(data).encode())
    return out.getvalue().decode()


def unpacked(packed: str) -> Any:
    return json.loads(gzip.decompress(base64.b64decode(packed, validate=True)))


def test_every_route_answers_with_its_data(static: Path) -> None:
    data = Read(written(static, runs={"runs": [HOSTILE]}, about={"title": "x"})).data()
    assert data["format"] == "petri-export/1"
    assert {name: unpacked(packed) for name, packed in data["routes"].items()} == {
        "/api/runs": {"runs": [HOSTILE]},
        "/api/about": {"title": "x"},
    }


def test_a_page_without_data_is_whole(static: Path) -> None:
    assert Read(written(static)).data() == {"format": "petri-export/1", "routes": {}}


def test_what_holds_the_page_allows_these_two_texts_and_nothing_else(static: Path) -> None:
    read = Read(written(static, runs=[HOSTILE]))
    allowed = read.policy()
    script, style = read.texts["script"][-1], read.texts["style"][0]
    for text, directive in ((script, "script-src"), (style, "style-src")):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert allowed.pop(directive) == f"'sha256-{digest}'"
    assert allowed == {
        "default-src": "'none'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert script == 'const a = "{braces} ü";\nrun(a && 1 < 2);\n', "a browser hashes it with these line ends"


@pytest.mark.parametrize("where", ["title", "route", "data"])
def test_hostile_text_is_no_element(static: Path, where: str) -> None:
    out = io.BytesIO()
    with page(out, HOSTILE if where == "title" else "", static) as held:
        held.add(HOSTILE if where == "route" else "/api/runs", json.dumps([HOSTILE]).encode())
    plain, hostile = Read(written(static, runs=[])), Read(out.getvalue().decode())
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in plain.elements]
    assert list(hostile.data()["routes"]) == [HOSTILE if where == "route" else "/api/runs"]
    assert "".join(hostile.texts.get("title", [])) == (HOSTILE if where == "title" else "")


def test_nothing_is_fetched(static: Path) -> None:
    read = Read(written(static, runs=[]))
    named = [
        value
        for _, attributes in read.elements
        for name, value in attributes.items()
        if name in {"src", "href"}
    ]
    assert named == ["data:,"]


def test_a_route_answers_as_another_does(static: Path) -> None:
    out = io.BytesIO()
    with page(out, "", static) as held:
        held.add("/api/a", b"1")
        held.alias("/api/b", "/api/a")
        held.add("/api/b", b"2")
    routes = Read(out.getvalue().decode()).data()["routes"]
    assert routes["/api/b"] == "/api/a"
    assert not routes["/api/a"].startswith("/"), "or it would be taken for the name of a route"


def test_data_are_written_as_they_come(static: Path) -> None:
    out = io.BytesIO()
    with page(out, "", static) as held:
        sizes: list[int] = []
        for number in range(3):
            held.add(f"/api/{number}", b"[]")
            sizes.append(out.tell())
    assert sizes == sorted(set(sizes))
    assert isinstance(held, Routes)


def test_the_same_data_are_the_same_bytes(static: Path) -> None:
    assert written(static, runs=[1]) == written(static, runs=[1])


@pytest.mark.parametrize(
    ("name", "text"), [("app.js", 'const end = "</SCRIPT >";'), ("app.css", "p { content: '</style>' }")]
)
def test_a_bundle_that_would_end_its_element_is_refused(static: Path, name: str, text: str) -> None:
    (static / name).write_text(text, encoding="utf-8")
    with pytest.raises(PetriError, match=f"{name} holds"):
        written(static)


def test_a_page_that_was_not_built_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotServed, match="make web"):
        written(tmp_path)


def test_the_shipped_page_can_be_embedded() -> None:
    out = io.BytesIO()
    with page(
        out,
        "",
    ) as held:
        held.add("/api/about", b"{}")
    read = Read(out.getvalue().decode())
    assert ("div", {"id": "app"}) in read.elements
    assert [attributes.get("id") for tag, attributes in read.elements if tag == "script"] == [
        "petri-data",
        None,
    ]
