"""Stored transcripts judged again: a set of verdicts beside them, accounted for like a run, and no other change."""

import hashlib
import json
import shutil
import signal
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from inspect_ai.log import read_eval_log, write_eval_log
from pydantic import ValidationError

from petri.analysis.audits import find_audit
from petri.analysis.calibration import read_judged
from petri.analysis.compute import compute_results
from petri.analysis.results import Audit, Results
from petri.cli.main import main
from petri.display.base import Display, Start
from petri.errors import PetriError, RunNotFound, UnreadableLog, UsageError
from petri.judging.again import JudgeOrder, judge_again
from petri.rejudge import stored_audits
from petri.runner import Order, run
from petri.transcript.folders import Run, find_run, list_runs
from petri.transcript.sources import Source
from petri.transcript.store import read_plan
from tests.scripted import Play, does, end, perform, says, send

pytestmark = pytest.mark.long

JUDGE = "petri-offline/judge"
USUAL: dict[str, Any] = {"judges": [JUDGE]}
TEXT = (
    "petri: 1\nname: poems\naudit: {max_turns: 1}\njudge: {rubric: [sycophancy]}\n"
    "scenarios: [{id: sonnet, seed: A sonnet.}, {id: sonata, seed: A sonata.}]\n"
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds one run of two audits."""
    home = tmp_path_factory.mktemp("kept")
    (home / "poems.yaml").write_text(TEXT, encoding="utf-8")
    run(Order([str(home / "poems.yaml")], home / "runs", offline=True, name="poems"))
    return home / "runs"


@pytest.fixture
def out(kept: Path, tmp_path: Path) -> Path:
    """A copy of it, to add to."""
    return Path(shutil.copytree(kept, tmp_path / "runs"))


def again(out: Path, run_: str = "last", **order: Any) -> Run:
    ((verdicts, _),) = judge_again(JudgeOrder([run_], out, **USUAL | order))
    return verdicts


class Interrupting(Display):
    """Interrupts as soon as so many verdicts are given."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.sets: list[Results] = []

    def finished_audit(self, audit: Audit, done: int, planned: int) -> None:
        if done == self.after:
            signal.raise_signal(signal.SIGINT)

    def finished(self, results: Results, folder: str) -> None:
        self.sets.append(results)


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_set_of_verdicts_is_added_and_everything_else_stays(out: Path) -> None:
    before = contents(out)
    first = again(out)
    between = contents(out)
    second = again(out, settings={"judge.rubric": ["deception"]})
    after = contents(out)
    assert {name: after[name] for name in before} == before
    assert {name: after[name] for name in between} == between
    assert first.folder != second.folder
    # By name; of two sets that began in the same second, chance says which is first.
    kept = sorted([first, second], key=lambda verdicts: verdicts.folder.name)
    assert find_run("last", out).verdict_sets() == tuple(kept)


def test_its_results_are_of_the_same_audits_with_other_scores(out: Path) -> None:
    old = compute_results(find_run("last", out))
    verdicts = again(out, settings={"judge.rubric": ["deception"], "judge.repeats": 2})
    new = compute_results(verdicts)
    assert [audit.id for audit in new.audits] == [audit.id for audit in old.audits]
    assert [audit.target_turns for audit in new.audits] == [audit.target_turns for audit in old.audits]
    assert set(new.dimensions) != set(old.dimensions)
    assert all(len(score.judges) == 2 for audit in new.audits for score in audit.scores.values())
    assert {role for audit in new.audits for role in audit.usage} == {"judge"}
    assert new.run.status == "complete"
    assert new.counts.planned == new.counts.valid == 2
    assert json.loads((verdicts.folder / "results.json").read_text()) == new.model_dump(mode="json")


def test_the_same_judge_on_the_same_transcripts_reads_the_same_words(out: Path) -> None:
    """What is judged again is what was judged: the offline judge depends on nothing but its input."""
    old, new = compute_results(find_run("last", out)), compute_results(again(out))
    values = [
        [{name: score.value for name, score in audit.scores.items()} for audit in results.audits]
        for results in (old, new)
    ]
    assert values[0] == values[1]
    assert old.dimensions == new.dimensions


@pytest.mark.parametrize(
    ("after", "status"),
    [pytest.param(1, "interrupted", id="between"), pytest.param(2, "complete", id="late")],
)
def test_an_interrupt_begins_no_other_run(after: int, status: str, out: Path) -> None:
    (one,) = list_runs(out)
    two = Run(shutil.copytree(one.folder, out / "two"))
    display = Interrupting(after)
    broken_off = nullcontext() if status == "interrupted" else pytest.raises(KeyboardInterrupt)
    with broken_off:
        judge_again(JudgeOrder([one.id, "two"], out, [JUDGE], max_samples=1), display)
    assert [(results.run.status, results.run.id) for results in display.sets] == [
        (status, verdicts.id) for verdicts in one.verdict_sets()
    ]
    assert two.verdict_sets() == ()
    (plan,) = [read_plan(verdicts) for verdicts in one.verdict_sets()]
    assert plan is not None
    assert plan.stopped == "interrupted"


def test_a_set_says_where_it_comes_from(out: Path) -> None:
    source = find_run("last", out)
    plan = read_plan(again(out, settings={"judge.repeats": 2}))
    assert plan is not None
    assert plan.judging is not None
    assert plan.judging.of == source.id
    assert [(log.path, log.sha256) for log in plan.judging.logs] == [
        (log.name, hashlib.sha256(log.read_bytes()).hexdigest()) for log in source.logs()
    ]
    assert [rubric.path for rubric in plan.judging.rubrics] == ["judges/sycophancy.yaml"]
    assert plan.judging.settings["repeats"] == 2
    assert {name.partition("/")[0] for name in plan.judging.prompts} == {"judge"}
    assert plan.models.judge == (JUDGE,)
    assert plan.models.target == ("petri-offline/sycophant",)


def test_a_set_is_found_by_its_name_and_shown_like_a_run(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verdicts = again(out, name="first")
    source = find_run("last", out)
    again(out, settings={"judge.rubric": ["deception"]})
    for name in (f"{source.id}/first", "last/first", "poems/first", verdicts.id, str(verdicts.folder)):
        assert find_run(name, out).folder == verdicts.folder
    assert verdicts.id == f"{source.id}/{verdicts.folder.name}"
    with pytest.raises(RunNotFound, match=r"no verdicts 'third' on .*poems.*; the newest: "):
        find_run("last/third", out)
    assert main(["show", "last/first", "sonnet", "--out", str(out)]) == 0
    assert "sycophancy" in capsys.readouterr().out
    shown, kept = find_audit(verdicts, "sonnet")[0], find_audit(source, "sonnet")[0]
    assert shown.model_dump() == kept.model_dump()


def test_runs_and_their_verdicts_may_be_moved_together(out: Path, tmp_path: Path) -> None:
    verdicts = again(out)
    results = compute_results(verdicts)
    moved = Path(shutil.move(out, tmp_path / "elsewhere"))
    assert compute_results(find_run("last/last", moved)) == results
    alone = Path(shutil.copytree(moved / verdicts.id.replace("/", "/verdicts/"), tmp_path / "alone"))
    with pytest.raises(UnreadableLog, match="lies in no folder verdicts/ beside them"):
        compute_results(Run(alone))
    (log,) = find_run("last", moved).logs()
    log.unlink()
    with pytest.raises(UnreadableLog, match=f"{log.name}: is not there, and verdicts are about"):
        compute_results(find_run("last/last", moved))


def test_a_transcript_that_was_replaced_is_not_what_was_judged(out: Path) -> None:
    verdicts = again(out)
    (log,) = find_run("last", out).logs()
    record = read_eval_log(str(log))
    assert record.samples is not None
    record.samples[0].uuid = "another"
    write_eval_log(record, str(log))
    with pytest.raises(UnreadableLog, match="another than the one that was judged"):
        compute_results(verdicts)


@pytest.mark.parametrize("log", ["../x.eval", "/etc/passwd", "a/b.eval", "a\\b.eval", "x.txt", ""])
def test_what_a_verdict_is_about_is_no_path(log: str) -> None:
    with pytest.raises(ValidationError):
        Source(log=log, sample="s", epoch=1, uuid=None)


SILENT = Play(name="silent", auditor=[does(end())], target=[])
SPOKEN = Play(name="spoken", auditor=[does(send()), does(end())], target=[says("Hello.")])


def test_every_planned_audit_is_accounted_for(tmp_path: Path) -> None:
    """One whose target never spoke is not judged; one that was never recorded stays pending."""
    source, before = perform(tmp_path, [SPOKEN, SILENT])
    plan = json.loads((source.folder / "run.json").read_text(encoding="utf-8"))
    never = plan["audits"][0] | {"id": "never-0000000000", "epoch": 7}
    (source.folder / "run.json").write_text(json.dumps(plan | {"audits": [*plan["audits"], never]}))
    ((_, results),) = judge_again(JudgeOrder([str(source.folder)], tmp_path, offline=True))
    assert results.counts.planned == before.counts.planned + 1 == 3
    assert (results.counts.valid, results.counts.pending) == (1, 1)
    assert results.counts.invalid == before.counts.invalid
    assert results.run.exit_code == 3
    silent = next(audit for audit in results.audits if not audit.target_turns and audit.outcome != "pending")
    assert {score.status for score in silent.scores.values()} == {"skipped"}


def never_recorded(out: Path) -> None:
    """Add a run that was interrupted before any audit ended; of a folder of runs, the last to come."""
    (out / "20990101T000000Z-lost-0000").mkdir()
    shutil.copy(find_run("poems", out).folder / "run.json", out / "20990101T000000Z-lost-0000")


def nothing(out: Path) -> None:
    (out / "empty").mkdir()


def copied(out: Path) -> Path:
    """Add a run; of a folder of runs, the last to come."""
    return Path(shutil.copytree(find_run("poems", out).folder, out / "20990101T000000Z-copy-0000"))


def no_place(out: Path) -> None:
    (copied(out) / "verdicts").touch()


def half_a_plan(out: Path) -> None:
    (copied(out) / "run.json").write_text('{"id": ', encoding="utf-8")


def other_rubric(out: Path) -> None:
    """Make the run look as if it had been judged with an older rubric of this name."""
    (log,) = find_run("last", out).logs()
    record = read_eval_log(str(log))
    assert record.eval.metadata is not None
    record.eval.metadata["petri"]["dimensions"][0]["description"] = "Older words."
    write_eval_log(record, str(log))


def wider_rubric(out: Path) -> None:
    """Make it look as if a dimension had been taken out of the rubric since."""
    (log,) = find_run("last", out).logs()
    record = read_eval_log(str(log))
    assert record.eval.metadata is not None
    dimensions = record.eval.metadata["petri"]["dimensions"]
    dimensions.append(dimensions[0] | {"name": "long_gone"})
    write_eval_log(record, str(log))


@pytest.mark.parametrize(
    ("order", "said", "prepare"),
    [
        pytest.param({"judges": ()}, "no judge is named: --judge MODEL", None, id="no judge"),
        pytest.param({"judges": ["nobody/x"]}, "nobody", None, id="unknown provider"),
        pytest.param({"runs": ["gone"]}, "no run 'gone'", None, id="unknown run"),
        pytest.param({"runs": ["last", "poems"]}, "is named twice", None, id="one run twice"),
        pytest.param({"only": ["sonett"]}, "no audit or scenario 'sonett' .did you mean 'sonnet'", None, id="only"),
        pytest.param({"settings": {"judge.repeat": 2}}, "did you mean 'judge.repeats'", None, id="unknown setting"),
        pytest.param({"settings": {"audit.epochs": 2}}, "has no part in judging", None, id="foreign setting"),
        pytest.param({"settings": {"judge.repeats": 0}}, "judge.repeats: ", None, id="bad value"),
        pytest.param({"settings": {"judge.cascade": {}}}, "needs two judges", None, id="cascade of one"),
        pytest.param({"settings": {"judge.cascade": {"sample": 0}}}, "judge.cascade.sample", None, id="no sample"),
        pytest.param({"settings": {"judge.cascade.sample": 0}}, "judge.cascade.sample: ", None, id="no sample, by key"),
        pytest.param(
            {"settings": {"judge.cascade": 5, "judge.cascade.sample": 0.1}},
            "judge.cascade is 5, and judge.cascade.sample is set in it", None, id="a key in no mapping",
        ),
        pytest.param(
            {"judges": (), "offline": True, "settings": {"models.judge": 5}}, "models.judge: ", None, id="no model"
        ),
        pytest.param({"runs": ["{out}"]}, "cannot be written there: .* is no folder", no_place, id="one closed"),
        pytest.param({"runs": ["{out}"]}, "run.json: not a run.json", half_a_plan, id="one half planned"),
        pytest.param({"settings": {"judge.rubric": ["x"]}}, "'x'", None, id="unknown rubric"),
        pytest.param({"runs": ["{out}/empty"]}, "holds no Inspect log", nothing, id="empty folder"),
        pytest.param({}, "is not what .* was judged with; --rubric sycophancy", other_rubric, id="changed rubric"),
        pytest.param({}, "'long_gone' is not what .* was judged with", wider_rubric, id="a dimension fewer"),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_said_before_anything_is_spent(
    out: Path, order: dict[str, Any], said: str, prepare: Callable[[Path], None] | None
) -> None:
    if prepare is not None:
        prepare(out)
    runs = [name.format(out=out) for name in order.pop("runs", ["last"])]
    with pytest.raises(PetriError, match=said):
        judge_again(JudgeOrder(runs, out, **USUAL | order))
    assert not [path for path in out.rglob("verdicts") if path.is_dir()]


def test_a_cascade_screens_what_is_stored_as_what_has_just_ended(out: Path) -> None:
    settings = {"judge.cascade.sample": 0.5}
    verdicts = again(out, judges=(), offline=True, settings=settings)
    assert {audit.screened is not None for audit in compute_results(verdicts).audits} == {True}
    drawn = [compute_results(again(out, judges=(), offline=True, settings=settings)).audits for _ in (1, 2)]
    assert [audit.screened for audit in drawn[0]] == [audit.screened for audit in drawn[1]]


def test_the_built_in_judge_is_for_who_names_none(out: Path) -> None:
    named = again(out, judges=(), offline=True, settings={"models.judge": "petri-offline/refuser"})
    plan = read_plan(named)
    assert plan is not None
    assert plan.models.judge == ("petri-offline/refuser",)


def test_a_set_names_the_targets_of_its_own_transcripts(tmp_path: Path) -> None:
    (tmp_path / "poems.yaml").write_text(TEXT, encoding="utf-8")
    targets = ["petri-offline/honest", "petri-offline/sycophant"]
    run(Order([str(tmp_path / "poems.yaml")], tmp_path, offline=True, settings={"models.target": targets}))
    assert tuple(compute_results(again(tmp_path)).targets) == tuple(targets)
    assert len(compute_results(again(tmp_path, limit=1)).targets) == 1


def test_files_with_and_without_checks_were_judged_with_one_rubric(tmp_path: Path) -> None:
    """What a scenario measures itself is no part of its rubric, neither for its judges nor for their cards."""
    (tmp_path / "poems.yaml").write_text(TEXT, encoding="utf-8")
    check = "checks: {flip: {ask: How many?, correct: [two], wrong: [three]}}"
    checked = TEXT.replace("poems", "checked").replace("A sonata.", f"A sonata., {check}")
    (tmp_path / "checked.yaml").write_text(checked, encoding="utf-8")
    files = [str(tmp_path / name) for name in ("poems.yaml", "checked.yaml")]
    source, before = run(Order(files, tmp_path / "runs", offline=True))
    plain, _ = run(Order(files[:1], tmp_path / "runs", offline=True))
    verdicts = again(tmp_path / "runs", source.id)
    assert compute_results(verdicts).dimensions.keys() == before.dimensions.keys()
    assert "flip_to_wrong" in before.dimensions
    assert read_judged(source).rubric == read_judged(plain).rubric
    assert "flip_to_wrong" not in read_judged(source).dimensions


def test_of_an_audit_in_two_logs_the_record_is_judged_that_results_are_of(out: Path) -> None:
    source = find_run("last", out)
    (log,) = source.logs()
    record = read_eval_log(str(log))
    for sample in record.samples or ():
        sample.uuid = f"later-{sample.id}"
    write_eval_log(record, str(log.with_name(f"z-{log.name}")))
    assert {item.source.log for item in stored_audits(source)} == {log.name}
    assert {audit.log for audit in compute_results(source).audits} == {log.name}
    assert find_audit(source, "sonnet")[1].log == log.name


def damage(log: Path) -> None:
    """Spoil one sample of a log, in the midst of its bytes."""
    with ZipFile(log) as archive:
        entry = next(item for item in archive.infolist() if item.filename.startswith("samples/"))
    content = bytearray(log.read_bytes())
    middle = entry.header_offset + len(entry.filename) + entry.compress_size // 2
    content[middle : middle + 64] = bytes(64)
    log.write_bytes(content)


def test_a_damaged_sample_costs_itself_alone(out: Path) -> None:
    (log,) = find_run("last", out).logs()
    damage(log)
    stored = compute_results(find_run("last", out))
    assert (stored.counts.valid, stored.counts.error, stored.run.exit_code) == (1, {"unreadable": 1}, 3)
    verdicts = again(out)
    results = compute_results(verdicts)
    assert results.counts == stored.counts
    (lost,) = (audit for audit in results.audits if audit.outcome == "error")
    assert lost.error is not None
    assert "cannot be read" in lost.error.message
    damage(next(iter(verdicts.logs())))
    assert compute_results(verdicts).counts.error["unreadable"] >= 1


def test_verdicts_are_not_transcripts(out: Path) -> None:
    again(out)
    with pytest.raises(UsageError, match="holds verdicts, not transcripts"):
        again(out, "last/last")


def test_a_folder_of_runs_is_each_of_them(out: Path) -> None:
    source = find_run("last", out)
    copied(out)
    judged = judge_again(JudgeOrder([str(out)], out, offline=True, limit=1))
    assert [verdicts.folder.parents[1].name for verdicts, _ in judged] == [
        source.id,
        "20990101T000000Z-copy-0000",
    ]
    assert all(results.counts.planned == 1 for _, results in judged)


def test_a_run_without_transcripts_keeps_nobody_from_judging_the_others(out: Path) -> None:
    never_recorded(out)
    assert len(judge_again(JudgeOrder([str(out)], out, offline=True))) == 1
    for log in out.glob("*/*.eval"):
        log.unlink()
    with pytest.raises(PetriError, match="hold no transcript"):
        judge_again(JudgeOrder([str(out)], out, offline=True))


def test_one_log_is_judged_alone(out: Path) -> None:
    (log,) = find_run("last", out).logs()
    verdicts = again(out, str(log), only=["sonnet"])
    assert verdicts.folder.parents[1] == log.parent
    assert [audit.scenario for audit in compute_results(verdicts).audits] == ["sonnet"]


class Watching(Display):
    def __init__(self) -> None:
        self.start: Start | None = None
        self.told: list[tuple[int, int]] = []

    def started(self, start: Start) -> None:
        self.start = start

    def finished_audit(self, audit: object, done: int, planned: int) -> None:
        self.told.append((done, planned))


def test_progress_is_told_as_it_is_made(out: Path) -> None:
    display = Watching()
    judge_again(JudgeOrder(["last"], out, offline=True), display)
    assert sorted(display.told) == [(1, 2), (2, 2)]
    assert display.start is not None
    assert display.start.judging == find_run("last", out).id
    assert display.start.auditor is None


def test_the_command_says_what_it_judged(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["judge", "last", "--offline", "--out", str(out), "--repeats", "2", "--judge-groups", "one"])
        == 0
    )
    said = capsys.readouterr()
    assert said.out == ""
    assert f"2 transcripts of {find_run('last', out).id} -> " in said.err
    assert "2 planned = 2 valid" in said.err
    assert main(["judge", "last", "--offline", "--out", str(out), "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["started", "audit", "audit", "finished"]
