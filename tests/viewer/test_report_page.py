"""A run's report: as the server gives it, and as a page that is given away."""

import asyncio
import json
from pathlib import Path

import pytest

from petri.analysis.report import make_report
from petri.analysis.report_schema import Report
from petri.errors import NothingToRun, UnknownKey
from petri.transcript.folders import Run
from petri.viewer.filed import FiledRun
from petri.viewer.report_page import write_report
from petri.viewer.surveying import run_results
from petri.viewer.wire_report import ReportView
from petri.viewer.wire_server import About
from tests.viewer.asked import Answers, Asking
from tests.viewer.fixtures import REPEATED, Shelf
from tests.viewer.unpacked import everything, model_of, routes

SECRET = "stand by the payment"
"""Words of a target, which a key happens to be."""

pytestmark = pytest.mark.long


def report_of(run: Run) -> Report:
    return make_report(run_results(FiledRun("0" * 12, run.id, run.folder)), margin=3.0)


def written(run: Run, report: Report, path: Path) -> list[tuple[int, int]]:
    """Write a page; give how far it was told to be."""
    told: list[tuple[int, int]] = []
    file = asyncio.run(write_report(run, report, path, told=lambda _, done, all_: told.append((done, all_))))
    assert (file.path, file.size, file.audits) == (path, path.stat().st_size, len(told))
    return told


def test_a_run_has_a_report(shelf: Shelf, asked: Asking) -> None:
    view = asked(shelf.root, lambda answers: answers.report(shelf.key))
    assert (view.run, view.fault) == (shelf.key, None)
    assert view.report is not None
    assert view.report.run.id == shelf.run.id
    assert {case.audit for case in view.report.worst} <= {*view.keys}
    assert view.keys[shelf.caves] == shelf.audit


def test_another_programs_log_has_none_and_says_why(shelf: Shelf, asked: Asking) -> None:
    async def report(answers: Answers) -> ReportView:
        (foreign,) = [row for row in (await answers.runs()).runs if row.status == "foreign"]
        return await answers.report(foreign.key)

    view = asked(shelf.root, report)
    assert view.report is None
    assert "another program's log" in (view.fault or "")


def test_a_run_with_nothing_valid_says_so(shelf: Shelf, asked: Asking, tmp_path: Path) -> None:
    bare = shelf.copied(tmp_path / "bare")
    for path in (*bare.run.logs(), bare.run.folder / "results.json"):
        path.unlink()
    view = asked(bare.root, lambda answers: answers.report(shelf.key))
    assert view.report is None
    assert "no audit is valid" in (view.fault or "")


def test_a_key_that_is_not_served_has_none(shelf: Shelf, asked: Asking) -> None:
    with pytest.raises(UnknownKey):
        asked(shelf.root, lambda answers: answers.report("0" * 12))


def test_the_page_opens_with_the_report_that_was_given(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_API_KEY", SECRET)
    report = report_of(shelf.run)
    given = report.model_copy(update={"caveats": (f"Nobody read {SECRET} in {shelf.root}/runs.",)})
    told = written(shelf.run, given, tmp_path / "report.html")
    held = routes(tmp_path / "report.html")
    for route, answer in held.items():
        model_of(route).model_validate_json(json.dumps(answer))
    about = About.model_validate(held["/api/about"])
    assert (about.mode, about.report) == ("report", shelf.key)
    view = ReportView.model_validate(held[f"/api/runs/{shelf.key}/report"])
    assert view.report is not None
    assert view.report.caveats == ("Nobody read [removed] in runs.",)
    assert [each.summary for each in view.report.figures] == [each.summary for each in report.figures]
    assert "petri-offline/script" in view.report.figures[0].target
    assert str(shelf.root) not in everything(tmp_path / "report.html")
    assert told == [(number, len(told)) for number in range(1, len(told) + 1)]
    assert [f"/api/transcripts/{shelf.key}/{key}" in held for key in view.keys.values()] == [True] * len(
        view.keys
    )
    assert SECRET not in everything(tmp_path / "report.html")
    quotes = {case.citation.quote for case in view.report.worst if case.citation is not None}
    assert REPEATED in quotes, "what was said is as it was"


def test_the_report_of_a_set_of_verdicts_holds_its_run(shelf: Shelf, tmp_path: Path) -> None:
    written(shelf.verdicts, report_of(shelf.verdicts), tmp_path / "set.html")
    held = routes(tmp_path / "set.html")
    assert held["/api/about"]["report"] == shelf.set_key
    assert held[f"/api/runs/{shelf.set_key}/report"]["report"]["run"]["id"] == shelf.verdicts.id
    assert held[f"/api/runs/{shelf.key}/report"]["report"]["run"]["id"] == shelf.run.id
    assert f"/api/transcripts/{shelf.set_key}/{shelf.audit}" in held


def test_where_nothing_is_recorded_no_page_stays(shelf: Shelf, tmp_path: Path) -> None:
    bare = shelf.copied(tmp_path / "bare")
    for log in bare.run.logs():
        log.unlink()
    with pytest.raises(NothingToRun):
        written(bare.run, report_of(shelf.run), tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()
