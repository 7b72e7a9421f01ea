"""A run's tables as data frames: what stands in them, and that they can be joined with Inspect's own."""

from pathlib import Path
from typing import Any, cast, get_args

import pytest
from inspect_ai.analysis import evals_df, samples_df

import petri
from petri.analysis.tables import TABLES, Table
from petri.datafiles import golden_folder
from petri.errors import RunNotFound, UsageError

pytestmark = pytest.mark.long

RUN = golden_folder() / "run"


@pytest.mark.parametrize("table", get_args(Table))
def test_a_frame_has_the_columns_of_its_table(table: Table) -> None:
    frame = petri.results(RUN, table=table)
    assert [*frame.columns] == [*TABLES[table].model_fields]
    assert len(frame) > 0


def test_a_row_is_a_dimension_of_an_audit() -> None:
    frame = petri.results(petri.Run(RUN))
    results = petri.compute_results(petri.Run(RUN))
    assert len(frame) == sum(len(audit.scores) for audit in results.audits)
    assert not frame.duplicated(["audit", "dimension"]).any()
    means = frame[frame["counts"]].groupby("dimension")["value"].mean()
    for name, summary in results.dimensions.items():
        if summary.mean is not None:
            assert float(means[name]) == pytest.approx(summary.mean)
    assert {str(frame[name].dtype) for name in ("value", "hit", "epoch")} == {
        "double[pyarrow]",
        "bool[pyarrow]",
        "int64[pyarrow]",
    }


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # Inspect's, with pandas 3.1
def test_it_joins_with_the_frames_of_inspect() -> None:
    frame = petri.results(RUN)
    samples = cast("Any", samples_df(RUN, quiet=True))
    evals = cast("Any", evals_df(RUN, quiet=True))
    joined = frame.merge(samples, on="sample_id", suffixes=("", "_inspect"), validate="many_to_one")
    assert len(joined) == len(frame)
    assert (joined["eval_id"] == joined["eval_id_inspect"]).all()
    assert (joined["epoch"] == joined["epoch_inspect"]).all()
    assert joined["total_tokens"].notna().all()
    runs = frame.merge(evals, on="eval_id", suffixes=("", "_inspect"), validate="many_to_one")
    assert len(runs) == len(frame)
    audits = petri.results(RUN, table="audits")
    logs = {Path(path).name for path in samples["log"]}
    assert {*audits["log"]} == logs


def test_what_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PETRI_OUT", str(tmp_path))
    with pytest.raises(UsageError, match="there is no table 'score'; there is audits, scores, judgements"):
        petri.results(RUN, table=cast("Any", "score"))
    with pytest.raises(RunNotFound, match="no run 'nowhere'"):
        petri.results("nowhere")
