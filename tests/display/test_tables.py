"""Tables at the widths of real terminals: ids can be copied, and no number is lost."""

from pathlib import Path

import pytest
from rich.text import Text

from petri.analysis.results import Results
from petri.display.audits import print_audits
from petri.display.console import data, talk
from petri.display.summary import print_summary
from petri.display.table import add_numbers, make_table, print_table
from petri.transcript.store import Run
from tests.display.made import audit, failed, recorder, results, score

LONG = "an-id-that-is-as-long-as-the-id-of-a-scenario-can-be-which-is-64"
IDS = (f"{LONG}-0123456789", "short-0123456789", "middling-scenario-0123456789")
DIMENSIONS = ("sycophancy", "deception", "sabotage", "a_rather_long_dimension_name")

each_width = pytest.mark.parametrize("width", [40, 80, 120, 200])


def many() -> Results:
    scores = {name: score(number) for number, name in enumerate(DIMENSIONS, start=3)}
    values = {"persona": "a nurse who writes at night, and who has more to say than fits on a line"}
    ended = [audit(id_, variables=values, scores=scores) for id_ in IDS]
    return results(*ended, audit("gone-0123456789", outcome="error", error=failed("no", "rate_limit")))


@each_width
def test_audits_keep_their_ids_whole(width: int) -> None:
    console, written = recorder(width)
    print_audits(console, many(), Run(Path("transcripts/run")))
    lines = written.getvalue().splitlines()
    for id_ in (*IDS, "gone-0123456789"):
        (row,) = [line for line in lines if line.startswith(f"{id_} ")]
        if id_ in IDS and width >= 80:
            assert row.split()[-4:] == ["3", "4", "5", "6"], row
    assert any("rate_limit" in line for line in lines)


@each_width
def test_dimensions_keep_their_names_whole(width: int) -> None:
    console, written = recorder(width)
    print_summary(console, many(), "transcripts/run")
    said = written.getvalue()
    rows = said.splitlines()
    assert all(any(row.startswith(f"{name} ") for row in rows) for name in DIMENSIONS)
    assert "…" not in said
    assert "All numbers:  transcripts/run/results.json" in said
    assert f"[{IDS[0]}]" in said


@each_width
def test_ids_of_a_table_are_whole_whatever_stands_beside(width: int) -> None:
    table = make_table("run", IDS)
    table.add_column("target", overflow="fold")
    add_numbers(table, ("planned", "valid"))
    for id_ in IDS:
        table.add_row(id_, Text("a-model-with-a-long-name " * 4), "12", "12")
    console, written = recorder(width)
    print_table(console, table)
    found = [line.split()[0] for line in written.getvalue().splitlines() if "0123456789" in line]
    assert found == [*IDS]


def test_an_empty_table_has_its_heading() -> None:
    console, written = recorder(80)
    print_table(console, make_table("run", ()))
    assert written.getvalue().strip() == "run"


def test_data_and_talk_go_their_ways(capsys: pytest.CaptureFixture[str]) -> None:
    data().print(Text("d" * 150, style="bold red"))
    talk().print(Text("t" * 150, style="bold red"))
    assert capsys.readouterr() == ("d" * 150 + "\n", "t" * 150 + "\n")
