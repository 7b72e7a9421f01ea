"""People's labels against the verdicts of runs: one card for each judge and rubric."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

from petri.analysis.agreement import RESAMPLES, SEED
from petri.analysis.calibrated_dimension import Key, Reading, compare
from petri.analysis.calibration_card import PANEL, Card, DimensionCard, rubric_digest
from petri.analysis.calibration_labels import Label, Labels, scale_fault
from petri.analysis.cards import panel_of, panels_of
from petri.analysis.compute import compute_results
from petri.analysis.results import Audit, AuditScore
from petri.errors import Fault, InvalidFile, NothingToRun, RunNotFound, UsageError
from petri.judge.verdict import FAILED, Status
from petri.rubric.objective import judged
from petri.rubric.schema import Dimension
from petri.transcript.folders import Run, find_run
from petri.transcript.planned import FileDigest
from petri.transcript.store import read_header

_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """A run with its verdicts."""

    id: str
    rubric: str
    dimensions: Mapping[str, Dimension]
    audits: Mapping[str, Audit]
    prompts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """The labels of a file, each with its transcript, and the judged runs that hold the transcripts."""

    labels: Labels
    keyed: Sequence[tuple[Key, Label]]
    runs: Sequence[Judged]


def calibrate(labels: Labels, run: Run | None, out: Path) -> tuple[Card, ...]:
    """Give a card for each judge, and for each panel, with each rubric that the labelled runs were judged by.

    ``run`` is where a label that names an audit alone has it; the runs that labels name are looked for in ``out``.
    Raises as ``make_cards`` does, with a fault of its own for each name that is no run's.
    """
    runs, faults = _runs(labels, run, out)
    return make_cards(labels, {name: read_judged(found) for name, found in runs.items()}, faults)


def make_cards(
    labels: Labels, named: Mapping[str | None, Judged], faults: Iterable[Fault] = ()
) -> tuple[Card, ...]:
    """Give the cards of labels and judged runs, by the names that labels have for runs (None: no name).

    Raises ``InvalidFile`` with the ``faults`` that are known already and all that the labels have, those included that
    only the runs' rubrics show; ``NothingToRun`` where no label meets a value; ``UsageError`` for two runs of one id.
    """
    judged = {one.id: one for one in named.values()}
    if any(judged[one.id] != one for one in named.values()):
        raise UsageError(f"{labels.path}: names two runs whose folders have one name; calibrate them apart")
    keyed = [((named[label.run].id, label.audit), label) for label in labels.labels if label.run in named]
    wrong = [*faults, *labels.faults, *_doubles(keyed), *_off_scale(keyed, judged), *_reworded(keyed, judged)]
    if wrong:
        raise InvalidFile(sorted(wrong))
    cards: list[Card] = []
    for rubric in dict.fromkeys(one.rubric for one in judged.values()):
        cards += _cards(Question(labels, keyed, [one for one in judged.values() if one.rubric == rubric]))
    if not any(dimension.coverage.compared for card in cards for dimension in card.dimensions.values()):
        raise NothingToRun(_nothing(labels, [*judged.values()]))
    return tuple(cards)


def _runs(labels: Labels, run: Run | None, out: Path) -> tuple[dict[str | None, Run], list[Fault]]:
    """Give the run behind each name that labels use (None: the one given), and a fault where there is none."""
    found: dict[str | None, Run] = {} if run is None else {None: run}
    faults: list[Fault] = []
    for label in labels.labels:
        if label.run in found:
            continue
        if label.run is None:
            faults.append(label.fault("transcript", "names no run; write run/audit, or give --run RUN"))
            continue
        try:
            found[label.run] = find_run(label.run, out)
        except RunNotFound as error:
            faults.append(label.fault("transcript", str(error)))
    return found, faults


def read_judged(run: Run) -> Judged:
    """Give a run with its verdicts, computed from its logs."""
    results = compute_results(run)
    headers = [read_header(log) for log in run.logs()]
    dimensions = {
        dimension.name: dimension for header in headers for dimension in judged(header.facts.dimensions)
    }
    prompts = {name: digest for name, digest in results.run.prompts.items() if name.startswith("judge/")}
    audits = {audit.id: audit for audit in results.audits}
    return Judged(run.id, rubric_digest(dimensions.values()), dimensions, audits, prompts)


def _doubles(keyed: Sequence[tuple[Key, Label]]) -> Iterator[Fault]:
    """Yield a fault for each label that its annotator has given before: which of the two would count?"""
    first: dict[tuple[Key, str, str], Label] = {}
    for key, label in keyed:
        row = label.row
        known = first.setdefault((key, row.dimension, row.annotator), label)
        if known is not label:
            said = f"{row.annotator!r} has labelled {row.dimension!r} of this transcript on line {known.line}"
            yield label.fault("annotator", f"{said}; keep one of the two")


def _off_scale(keyed: Sequence[tuple[Key, Label]], judged: Mapping[str, Judged]) -> Iterator[Fault]:
    for (run, _), label in keyed:
        dimension = judged[run].dimensions.get(label.row.dimension)
        if dimension is not None and (fault := scale_fault(label, dimension.scale.min, dimension.scale.max)):
            yield fault


def _reworded(keyed: Sequence[tuple[Key, Label]], judged: Mapping[str, Judged]) -> Iterator[Fault]:
    """Yield a fault for each label that answers to other words than the judges had."""
    for (run, _), label in keyed:
        if label.rubric not in {None, judged[run].rubric}:
            said = f"was given for another rubric than {run} is judged by; compare it with verdicts by the same one"
            yield label.fault("dimension", said)


def _cards(question: Question) -> Iterator[Card]:
    """Yield the card of each judge, and of each panel, in the runs of one rubric."""
    panels = panels_of(audit for run in question.runs for audit in run.audits.values())
    for judge in dict.fromkeys(name for panel in panels for name in panel):
        yield _card(question, judge, partial(_of_judge, judge))
    for panel in panels:
        if len(panel) > 1:
            yield _card(question, PANEL.join(panel), partial(_of_panel, panel))


def _of_judge(judge: str, score: AuditScore) -> Reading | None:
    """Give one judge's part of a score; None where it was not asked."""
    if not score.judges or score.status == "skipped":
        return Reading(status=score.status)
    said = [one for one in score.judges if one.judge == judge]
    if not said:
        return None
    values = tuple(one.value for one in said if one.value is not None)
    failed: list[Status] = [one.status for one in said if one.status in FAILED]
    if not values:
        return Reading(status=failed[0] if failed else said[0].status)
    return Reading(values, sampled=_is_sampled(score))


def _of_panel(panel: tuple[str, ...], score: AuditScore) -> Reading | None:
    """Give a panel's score; None where other judges sat on it."""
    if score.judges and panel_of(score) != panel:
        return None
    if score.value is None:
        return Reading(status=score.status)
    return Reading((score.value,), sampled=_is_sampled(score))


def _is_sampled(score: AuditScore) -> bool:
    return score.inclusion is not None


def _card(question: Question, name: str, read: Callable[[AuditScore], Reading | None]) -> Card:
    runs = question.runs
    held = {run.id for run in runs}
    keyed = [(key, label) for key, label in question.keyed if key[0] in held]
    recorded = {(run.id, audit) for run in runs for audit in run.audits}
    others = Counter(
        label.row.dimension for _, label in keyed if label.row.dimension not in runs[0].dimensions
    )
    dimensions: dict[str, DimensionCard] = {}
    for dimension in runs[0].dimensions.values():
        labelled = _labelled(keyed, dimension.name)
        if labelled:
            readings = _readings(runs, dimension.name, read)
            dimensions[dimension.name] = compare(dimension, readings, labelled, recorded)
    return Card(
        judge=name,
        rubric=runs[0].rubric,
        made=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        petri=version("petri"),
        runs=tuple(sorted(held)),
        prompts={prompt: digest for run in runs for prompt, digest in run.prompts.items()},
        labels=FileDigest(path=question.labels.path, sha256=question.labels.sha256),
        annotators=tuple(sorted({label.row.annotator for _, label in keyed})),
        seed=SEED,
        resamples=RESAMPLES,
        not_judged=dict(sorted(others.items())),
        dimensions=dimensions,
    )


def _labelled(keyed: Sequence[tuple[Key, Label]], dimension: str) -> dict[Key, dict[str, float]]:
    found: dict[Key, dict[str, float]] = {}
    for key, label in keyed:
        if label.row.dimension == dimension:
            found.setdefault(key, {})[label.row.annotator] = label.row.value
    return found


def _readings(
    runs: Sequence[Judged], dimension: str, read: Callable[[AuditScore], Reading | None]
) -> dict[Key, Reading]:
    return {
        (run.id, audit.id): reading
        for run in runs
        for audit in run.audits.values()
        if dimension in audit.scores and (reading := read(audit.scores[dimension])) is not None
    }


def _nothing(labels: Labels, judged: Sequence[Judged]) -> str:
    """Say why nothing could be compared: what the labels name, and what the runs hold."""
    first = labels.labels[0].row
    dimensions = dict.fromkeys(name for one in judged for name in one.dimensions)
    audits = [audit for one in judged for audit in one.audits]
    return (
        f"{labels.path}: none of the {len(labels.labels)} labels meets a value by a judge; the first is "
        f"{first.dimension!r} of {first.transcript!r}; the dimensions judged: {', '.join(dimensions) or 'none'}; "
        f"the first audits: {', '.join(audits[:_SHOWN]) or 'none'}"
    )
