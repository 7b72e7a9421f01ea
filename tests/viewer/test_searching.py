"""Words looked for without a page: in the runs that are named, and in no others."""

import asyncio
from pathlib import Path

import pytest

from petri.errors import UsageError
from petri.transcript.folders import Run
from petri.viewer.searching import Find, Search, search_texts
from tests.viewer.fixtures import Shelf

pytestmark = pytest.mark.long


def ignore(done: int, all_: int) -> None:
    """Progress is the command's."""


def finds(shelf: Shelf, cache: Path, words: str, *runs: Run) -> tuple[Find, ...]:
    return asyncio.run(search_texts(Search(words, shelf.root, runs), cache, ignore)).best


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def test_only_what_is_named_is_searched(shelf: Shelf, cache: Path) -> None:
    foreign, log = Run(shelf.foreign.parent), Run(shelf.foreign.parent, shelf.foreign)
    assert {each.run for each in finds(shelf, cache, "morrow", foreign)} == {shelf.foreign.stem}
    assert {each.run for each in finds(shelf, cache, "payment", shelf.run)} == {shelf.run.id}
    assert finds(shelf, cache, "payment", log) == ()


def test_what_cannot_be_searched_on_its_own_is_refused(shelf: Shelf, cache: Path) -> None:
    with pytest.raises(UsageError, match="cannot be searched on its own"):
        finds(shelf, cache, "payment", Run(shelf.run.folder, shelf.run.logs()[0]))
