"""Tables to give away: what stands in them, what is taken out, and that half a folder never stays."""

import asyncio
import shutil
from pathlib import Path

import pandas as pd
import pytest

import petri
from petri.analysis.tables import TABLES
from petri.datafiles import golden_folder
from petri.transcript.folders import Run
from petri.viewer.draft import whole_folder
from petri.viewer.export import Outputs, Verdicts, Written, export
from petri.viewer.sharing import JsonObject, Wanted
from petri.viewer.tidy import Kind, TidyTables

pytestmark = pytest.mark.long

SECRET = "writers' community"
"""Words that the auditor and the target said, taken for a key."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("runs") / "20260101T000000Z-golden-aaaa"
    folder.mkdir()
    for name in ("honest", "sycophant"):
        shutil.copy(golden_folder() / "run" / f"petri-offline-{name}.eval", folder)
    return Run(folder)


def written(folder: Path, run: Run, wanted: Wanted | None = None) -> tuple[Written, ...]:
    outputs = Outputs(parquet=folder / "typed", csv=folder / "cells")
    return asyncio.run(export([run], wanted or Wanted(), outputs, _unused, _ignore))


def _ignore(run: str, done: int, every: int) -> None:
    """Progress is the command's."""


def _unused(record: JsonObject, verdicts: Verdicts) -> str:
    raise AssertionError((record, verdicts))


def test_both_kinds_of_file_hold_the_tables(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_API_KEY", SECRET)
    typed, cells = written(tmp_path, run)
    assert sorted(path.name for path in typed.path.iterdir()) == sorted(f"{name}.parquet" for name in TABLES)
    assert sorted(path.name for path in cells.path.iterdir()) == sorted(f"{name}.csv" for name in TABLES)
    for name in TABLES:
        own = petri.results(run, table=name)
        frame, rows = (
            pd.read_parquet(typed.path / f"{name}.parquet"),
            pd.read_csv(cells.path / f"{name}.csv"),
        )
        assert [*frame.columns] == [*rows.columns] == [*own.columns]
        assert len(frame) == len(rows) == len(own)
    texts = pd.read_parquet(typed.path / "messages.parquet")["text"].str.cat()
    assert SECRET not in texts
    assert "members of a [removed] with their texts" in texts
    assert typed.removed == cells.removed >= 2
    assert not [path for path in cells.path.iterdir() if SECRET in path.read_text(encoding="utf-8")]


def test_a_part_of_a_run_is_a_part_in_every_table(run: Run, tmp_path: Path) -> None:
    (typed, _) = written(tmp_path, run, Wanted(limit=2))
    assert typed.audits == 2
    kept = {name: set(pd.read_parquet(typed.path / f"{name}.parquet")["audit"]) for name in TABLES}
    assert len(kept["audits"]) == 2
    assert kept["audits"] == kept["messages"] == kept["scores"]
    assert kept["citations"] <= kept["audits"]


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_what_stops_it_leaves_nothing(tmp_path: Path, kind: Kind) -> None:
    def stopped() -> None:
        with whole_folder(tmp_path / "tables") as draft, TidyTables.into(draft, kind):
            assert len([*draft.iterdir()]) == len(TABLES)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "cells").mkdir()
    (tmp_path / "cells" / "mine.csv").write_text("mine")
    outputs = Outputs(csv=tmp_path / "cells")
    with pytest.raises(petri.PetriError, match="is there already"):
        outputs.require_free(force=False)
    outputs.require_free(force=True)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(petri.PetriError, match="is a file; name a folder"):
        Outputs(parquet=tmp_path / "file").require_free(force=True)
