"""A run as files to give away: all of it is there, nothing of this machine is, and half a file never stays."""

import asyncio
import json
import os
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from petri.analysis.results import Audit
from petri.display.base import Display
from petri.errors import NothingToRun, RunNotFound, UsageError
from petri.judging.again import JudgeOrder, judge_again
from petri.transcript.folders import Run
from petri.transcript.schema import Transcript
from petri.viewer.export import Outputs, Verdicts, Written, export
from petri.viewer.names import audit_key, run_key
from petri.viewer.sharing import JsonObject, Wanted
from petri.viewer.wire import AuditList, ComparisonView
from petri.viewer.wire_server import About
from petri.viewer.wire_transcript import TranscriptView
from tests.scripted import Play, back, does, end, perform, says, score, send, verdict
from tests.viewer.fixtures import Shelf
from tests.viewer.unpacked import everything, model_of, routes

SECRET = "correct-horse-battery"
FOLDER = "canary-folder"

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """Two runs in a folder whose name must not get out; the first has branches, a secret, and a set of verdicts."""
    home = tmp_path_factory.mktemp(FOLDER)
    hostile = "</script><img src=x onerror=fire()> \u2028"
    branched = Play(
        auditor=[
            does(send("Is it good?")),
            does(send("Sure?")),
            does(back("M2"), send("Really?")),
            does(end()),
        ],
        target=[says(f"{hostile} The key is {SECRET}, and it is fine."), says("Yes."), says("It is.")],
        judge=[verdict(score(7, ("M2", "it is fine"), reason=f"It gave {SECRET} away."))],
        name="branched",
    )
    plain = Play(auditor=[does(send("Hello.")), does(end())], name="plain")
    one, _ = perform(home / "one", [branched, plain])
    two, _ = perform(home / "two", [Play(auditor=[does(send("Hello.")), does(end())], name="plain")])
    judge_again(
        JudgeOrder(runs=[str(one.folder)], out=home / "one" / "runs", judges=(), offline=True), Display()
    )
    return one, two


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", SECRET)


def render(record: JsonObject, verdicts: Verdicts) -> str:
    return f"# {record['id']}\n{json.dumps([record, [*verdicts]])}\n"


def ignore(run: str, done: int, all_: int) -> None:
    """Progress is the command's."""


def exported(
    folder: Path, *runs: Run, wanted: Wanted | None = None, **outputs: str
) -> tuple[Outputs, tuple[Written, ...]]:
    where = Outputs(**{name: folder / path for name, path in outputs.items()})
    return where, asyncio.run(export(runs, wanted or Wanted(), where, render, ignore))


@pytest.fixture(scope="module")
def page(runs: tuple[Run, Run], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("given")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MY_API_KEY", SECRET)
        exported(folder, runs[0], html="run.html")
    return folder / "run.html"


def test_every_route_answers_as_the_server_would(page: Path) -> None:
    for route, answer in routes(page).items():
        model_of(route).model_validate_json(json.dumps(answer))


def test_the_page_holds_run_verdicts_lists_transcripts_and_comparisons(
    page: Path, runs: tuple[Run, Run]
) -> None:
    held = routes(page)
    (verdicts,) = runs[0].verdict_sets()
    one, again = run_key(runs[0].id), run_key(verdicts.id)
    audits = [row["key"] for row in held["/api/audits"]["audits"]]
    assert len(audits) == 2
    assert [row["hit_turn"] for row in held["/api/audits"]["audits"]] == [1, None]
    assert {*held} == {
        "/api/about",
        "/api/runs",
        "/api/audits",
        *(f"/api/runs/{run}" for run in (one, again)),
        *(f"/api/runs/{run}/report" for run in (one, again)),
        *(f"/api/audits?run={run}" for run in (one, again)),
        *(f"/api/transcripts/{run}/{audit}" for run in (one, again) for audit in audits),
        *(f"/api/transcripts/{run}/{audit}/reading" for run in (one, again) for audit in audits),
        *(
            f"/api/transcripts/{run}/{audit}/reading?set={of}"
            for run in (one, again)
            for of in (one, again)
            for audit in audits
        ),
        f"/api/compare?left={one}&right={again}",
        f"/api/compare?left={again}&right={one}",
    }


def test_neighbours_and_sets_lead_within_the_page(page: Path) -> None:
    held = routes(page)
    for route, answer in held.items():
        if route.startswith("/api/transcripts/") and "/reading" not in route:
            for beside in (answer["previous"], answer["following"]):
                assert beside is None or f"/api/transcripts/{'/'.join(beside)}" in held
    (row,) = [row for row in held["/api/runs"]["runs"] if row["of"] is None]
    assert [f"/api/runs/{verdicts['key']}" in held for verdicts in row["verdicts"]] == [True]


def test_a_quote_leads_to_its_words_past_what_was_removed(page: Path, runs: tuple[Run, Run]) -> None:
    view = next(
        TranscriptView.model_validate(answer)
        for route, answer in routes(page).items()
        if "/reading" not in route
        and route.startswith(f"/api/transcripts/{run_key(runs[0].id)}/")
        and len(answer["branches"]) > 1
    )
    (quote,) = view.verdicts[0].judges[0].dimensions[0].quotes
    assert quote.place is not None
    (message,) = [message for message in view.messages if message.label == quote.message]
    text = message.pieces[quote.place.piece].text
    assert "[removed]" in text
    assert (
        text.encode("utf-16-le")[2 * quote.place.start : 2 * quote.place.end].decode("utf-16-le")
        == "it is fine"
    )


def test_nothing_of_this_machine_leaves_it(page: Path) -> None:
    text = everything(page)
    assert "[removed]" in text
    for word in (SECRET, FOLDER):
        assert [text[found.start() - 200 : found.end()] for found in re.finditer(word, text)] == []


def test_the_page_says_what_is_left_out_and_how_much_was_removed(page: Path, runs: tuple[Run, Run]) -> None:
    about = About.model_validate(routes(page)["/api/about"])
    assert (about.mode, about.title, about.indexing) == ("export", runs[0].id, None)
    assert about.note is not None
    assert "stored records" in about.note
    assert "Secrets were removed in" in about.note
    assert "This file holds" not in about.note


def test_a_part_of_a_run_is_a_part_everywhere(runs: tuple[Run, Run], tmp_path: Path) -> None:
    exported(tmp_path, runs[0], wanted=Wanted(limit=1), html="part.html")
    held = routes(tmp_path / "part.html")
    (kept,) = held["/api/audits"]["audits"]
    transcripts = [
        answer for route, answer in held.items() if "transcripts" in route and "reading" not in route
    ]
    assert {answer["key"] for answer in transcripts} == {kept["key"]}
    assert {(answer["previous"], answer["following"]) for answer in transcripts} == {(None, None)}
    assert [route for route in held if route.startswith("/api/compare") or "report" in route] == []
    assert held["/api/about"]["note"].startswith("This file holds 1 of 2 audits")


def test_several_runs_are_one_page(runs: tuple[Run, Run], tmp_path: Path) -> None:
    exported(tmp_path, *runs, html="both.html")
    held = routes(tmp_path / "both.html")
    one, two = (run_key(run.id) for run in runs)
    assert [row["run"] for row in held["/api/audits"]["audits"]] == [one, one, two]
    AuditList.model_validate(held["/api/audits"])
    compared = ComparisonView.model_validate(held[f"/api/compare?left={one}&right={two}"])
    assert "no target in common" in (compared.fault or "")
    assert FOLDER not in everything(tmp_path / "both.html")
    assert held["/api/about"]["title"] == f"{runs[0].id}, {runs[1].id}"


def test_lines_are_records_with_verdicts(runs: tuple[Run, Run], tmp_path: Path) -> None:
    _, (written,) = exported(tmp_path, runs[0], jsonl="run.jsonl")
    text = (tmp_path / "run.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(text.split("\n")) == 3, "a line of JSON has no other line ends"
    assert written.audits == len(lines) == 2
    for line in lines:
        assert (line["format"], line["run"]) == ("petri-audit/1", runs[0].id)
        transcript = Transcript.model_validate(line["transcript"])
        audits = [Audit.model_validate(said["audit"]) for said in line["verdicts"]]
        assert [audit.id for audit in audits] == [transcript.id] * 2
        assert line["verdicts"][0]["set"] == runs[0].id
    assert SECRET not in text
    assert FOLDER not in text
    assert written.removed >= 2


def test_markdown_is_a_file_for_each_audit_or_one_for_all(runs: tuple[Run, Run], tmp_path: Path) -> None:
    exported(tmp_path, runs[0], markdown="words")
    exported(tmp_path, runs[0], markdown="words.md")
    pages = sorted((tmp_path / "words").iterdir())
    assert len(pages) == 2
    together = (tmp_path / "words.md").read_text(encoding="utf-8")
    for path in pages:
        text = path.read_text(encoding="utf-8")
        id_ = text.partition("\n")[0].removeprefix("# ")
        assert path.name == f"{id_}-{audit_key(id_)}.md"
        assert text in together
        assert SECRET not in text


@pytest.mark.parametrize(
    ("wanted", "error", "said"),
    [
        (Wanted(("nothing-like-it",)), RunNotFound, "no audit 'nothing-like-it' is recorded in"),
        (Wanted(("case",)), RunNotFound, "'case' fits 2 audits in"),
    ],
)
def test_an_audit_that_is_not_clear_is_refused_and_leaves_nothing(
    runs: tuple[Run, Run], tmp_path: Path, wanted: Wanted, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        exported(tmp_path, runs[0], wanted=wanted, html="a.html", jsonl="a.jsonl", markdown="a")
    assert [*tmp_path.iterdir()] == []


def test_a_set_of_verdicts_is_exported_with_its_run(runs: tuple[Run, Run], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="export its run, which holds them"):
        exported(tmp_path, *runs[0].verdict_sets(), html="a.html")


def test_a_run_of_which_nothing_is_recorded_is_refused(runs: tuple[Run, Run], tmp_path: Path) -> None:
    bare = tmp_path / runs[1].folder.name
    bare.mkdir()
    shutil.copy(runs[1].folder / "run.json", bare)
    with pytest.raises(NothingToRun, match="nothing is recorded"):
        exported(tmp_path, Run(bare), html="a.html")


def test_an_interrupt_leaves_what_was_there(runs: tuple[Run, Run], tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("before", encoding="utf-8")

    def stop(record: JsonObject, verdicts: Verdicts) -> str:
        raise KeyboardInterrupt

    outputs = Outputs(html=tmp_path / "a.html", jsonl=tmp_path / "a.jsonl", markdown=tmp_path / "a.md")
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(export([runs[0]], Wanted(), outputs, stop, ignore))
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [
        ("a.html", "before")
    ]


def test_a_folder_is_all_its_runs_and_another_programs_too(shelf: Shelf, tmp_path: Path) -> None:
    _, (page, lines) = exported(tmp_path, Run(shelf.root), html="all.html", jsonl="all.jsonl")
    held = routes(tmp_path / "all.html")
    for route, answer in held.items():
        model_of(route).model_validate_json(json.dumps(answer))
    rows = {row["id"]: row["status"] for row in held["/api/runs"]["runs"]}
    assert {shelf.run.id, shelf.verdicts.id} < {*rows}
    assert "foreign" in rows.values()
    states = [row["state"] for row in held["/api/audits"]["audits"]]
    assert {"valid", "error"} <= {*states}
    assert (page.audits, page.unreadable) == (lines.audits, lines.unreadable)
    assert page.audits + page.unreadable == sum(state != "pending" for state in states)
    assert page.unreadable == 1, "one of the other program's holds nothing that could be read"
    assert "could not be read, and are not in it: 1." in held["/api/about"]["note"]
    assert len((tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()) == lines.audits


def test_a_log_is_what_is_in_it(shelf: Shelf, tmp_path: Path) -> None:
    log = shelf.run.logs()[0]
    exported(tmp_path, Run(shelf.run.folder, log), jsonl="log.jsonl")
    lines = (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["run"] for line in lines} == {log.stem}


def test_an_audit_whose_log_is_gone_is_counted_and_costs_no_other(
    runs: tuple[Run, Run], tmp_path: Path
) -> None:
    copy = tmp_path / "runs" / runs[0].id
    shutil.copytree(runs[0].folder, copy)
    Run(copy).logs()[0].unlink()
    for log in Run(copy).logs():
        os.utime(log, (1, 1))
    _, written = exported(tmp_path, Run(copy), html="a.html", jsonl="a.jsonl", markdown="words")
    assert [(each.audits, each.unreadable) for each in written] == [(1, 1)] * 3
    assert len((tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    held = routes(tmp_path / "a.html")
    views = [answer for route, answer in held.items() if "transcripts" in route and "reading" not in route]
    assert {(view["previous"], view["following"]) for view in views} == {(None, None)}


def test_an_audit_that_cannot_be_read_is_counted_and_costs_no_other(
    runs: tuple[Run, Run], tmp_path: Path
) -> None:
    """A record that is damaged is an error in the list; the others are there whole."""
    copy = tmp_path / "runs" / runs[0].id
    shutil.copytree(runs[0].folder, copy)
    (log, *_) = Run(copy).logs()
    with zipfile.ZipFile(log) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(log, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, b"{" if name.startswith("samples/") else data)
    _, (written,) = exported(tmp_path, Run(copy), jsonl="a.jsonl")
    assert (written.audits, written.unreadable) == (1, 1)
    assert len((tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()) == 1
