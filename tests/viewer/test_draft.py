"""Files and folders appear whole or not at all, and take no other's draft."""

from pathlib import Path

import pytest

from petri.errors import UsageError
from petri.viewer.draft import whole_file, whole_folder
from petri.viewer.export import Outputs


def test_a_file_appears_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    with whole_file(path) as file:
        file.write(b"whole")
        assert not path.exists()
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"a.html": b"whole"}


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(b"before")

    def stopped() -> None:
        with whole_file(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"a.html": b"before"}


def test_a_full_disk_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    with pytest.raises(OSError, match="No space left") as raised, whole_file(path):
        raise OSError(28, "No space left on device")
    assert raised.value.filename == str(path)
    assert [*tmp_path.iterdir()] == []


def test_another_draft_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "a.html.part").write_bytes(b"another's")
    (tmp_path / "a.part").mkdir()
    with pytest.raises(UsageError, match="is there already"), whole_file(tmp_path / "a.html"):
        pytest.fail("nothing is written")
    with pytest.raises(UsageError, match="is there already"), whole_folder(tmp_path / "a"):
        pytest.fail("nothing is written")
    assert (tmp_path / "a.html.part").read_bytes() == b"another's"
    assert (tmp_path / "a.part").is_dir()


def test_a_folder_appears_at_the_end_beside_what_it_holds(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "mine.md").write_bytes(b"mine")
    (folder / "old.md").write_bytes(b"old")
    with whole_folder(folder) as draft:
        (draft / "old.md").write_bytes(b"new")
        assert (folder / "old.md").read_bytes() == b"old"
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == {
        "mine.md": b"mine",
        "old.md": b"new",
    }
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_fails_is_not_there(tmp_path: Path) -> None:
    def stopped() -> None:
        with whole_folder(tmp_path / "a") as draft:
            (draft / "x.md").write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ({}, "say what to write"),
        ({"html": "there.html"}, "is there already; choose another name, or --force"),
        ({"jsonl": "new.jsonl", "markdown": "full"}, "is there already"),
        ({"html": "gone/a.html"}, "there is no folder"),
        ({"html": "full"}, "is a folder; name a file"),
        ({"markdown": "there.html"}, "is a file; name a folder"),
        ({"html": "same", "jsonl": "same"}, "one file"),
    ],
)
def test_what_is_in_the_way_is_said_before_anything_is_read(
    tmp_path: Path, outputs: dict[str, str], said: str
) -> None:
    (tmp_path / "there.html").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(UsageError, match=said):
        Outputs(**{name: tmp_path / path for name, path in outputs.items()}).require_free(force=False)


@pytest.mark.parametrize(
    ("outputs", "force"),
    [({"html": "there.html"}, True), ({"markdown": "full"}, True), ({"markdown": "empty"}, False)],
)
def test_what_may_be_written_over(tmp_path: Path, outputs: dict[str, str], force: bool) -> None:  # noqa: FBT001 -- a column
    (tmp_path / "there.html").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    (tmp_path / "empty").mkdir()
    Outputs(**{name: tmp_path / path for name, path in outputs.items()}).require_free(force=force)
