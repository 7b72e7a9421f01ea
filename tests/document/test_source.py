import hashlib
import os
from pathlib import Path

import pytest

from petri.document.source import MAX_BYTES, Source, printable, read_source
from petri.errors import InvalidFile


def _refusal(path: Path) -> str:
    with pytest.raises(InvalidFile) as caught:
        read_source(path, "f.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"a: 1\n", "a: 1\n", id="plain"),
        pytest.param(b"\xef\xbb\xbfa: 1\r\n", "a: 1\r\n", id="BOM and CRLF"),
        pytest.param("é 🎉 \u202eשל\u2028x".encode(), "é 🎉 \u202eשל\u2028x", id="unicode"),
    ],
)
def test_text_is_read_as_it_is(tmp_path: Path, data: bytes, text: str) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(data)
    assert read_source(path, "f.yaml") == Source("f.yaml", text, hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            b"\x7fELF\0\1", "0:0: not text: it holds NUL bytes; a file here is UTF-8 text", id="binary"
        ),
        pytest.param(
            b"ab\r\n\xc3\xa9 \xff",
            "2:3: not UTF-8: the byte 0xff cannot stand here; save the file as UTF-8",
            id="latin-1",
        ),
        pytest.param("a: 1".encode("utf-16"), "0:0: text in UTF-16; save it as UTF-8", id="UTF-16"),
        pytest.param(
            b"x" * 2_000_000, "0:0: 2,000,000 bytes; a file may have 1,048,576 (1 MiB) at most", id="2 MB"
        ),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(data)
    assert _refusal(path) == f"f.yaml:{message}"


def test_a_file_of_exactly_one_mebibyte_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"x" * MAX_BYTES)
    assert len(read_source(path).text) == MAX_BYTES


def test_a_path_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "scenario.yaml").touch()
    os.mkfifo(tmp_path / "pipe")
    assert _refusal(tmp_path / "folder.yaml") == "f.yaml:0:0: a folder, where a file is wanted"
    assert _refusal(tmp_path / "pipe") == "f.yaml:0:0: not a regular file"
    assert _refusal(tmp_path / "none" / "x.yaml") == "f.yaml:0:0: no such file"
    near = "f.yaml:0:0: no such file (did you mean 'scenario.yaml'?)"
    assert _refusal(tmp_path / "scenarios.yaml") == near
    assert _refusal(tmp_path / ("x" * 300)).startswith("f.yaml:0:0: cannot be read: ")
    assert _refusal(tmp_path / "a\0b").startswith("f.yaml:0:0: cannot be read: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("a: 1")
    path.chmod(0)
    assert _refusal(path) == "f.yaml:0:0: no permission to read it"


@pytest.mark.parametrize(
    ("text", "index", "place"),
    [
        pytest.param("ab\ncd", 4, (2, 2), id="LF"),
        pytest.param("ab\r\ncd", 4, (2, 1), id="CRLF is one end of line"),
        pytest.param("ab\rcd", 3, (2, 1), id="CR"),
        pytest.param("a\u2028b\x85c", 4, (1, 5), id="U+2028 ends no line"),
        pytest.param("🎉é", 1, (1, 2), id="a character is one column"),
        pytest.param("ab\n", 3, (2, 1), id="the end"),
    ],
)
def test_places_count_from_one(text: str, index: int, place: tuple[int, int]) -> None:
    assert Source("f", text, "").place(index) == place


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("é/🎉.yaml", "é/🎉.yaml", id="unicode"),
        pytest.param("a\nb\x1b[31m", "a\\nb\\x1b[31m", id="control characters"),
        pytest.param("a\u202eb", "a\\u202eb", id="direction marks"),
        pytest.param("a\udcffb", "a\\udcffb", id="bytes that are no text"),
    ],
)
def test_names_are_shown_on_one_line(name: str, shown: str) -> None:
    assert printable(name) == shown
