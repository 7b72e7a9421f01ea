"""Logs of Petri 2 and Petri 3, read as transcripts of ours: what is there is taken over, what is not is said."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, cast

from inspect_ai.event import ApprovalEvent, ToolEvent
from inspect_ai.log import EvalLog, EvalSample
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageUser

from petri.conversation.tree import Origin, Tree
from petri.errors import UnreadableLog
from petri.plan import Cell, job_id
from petri.scenario.schema import AuditSettings
from petri.transcript.foreign_calls import Calls, Grafting, reply_of
from petri.transcript.foreign_store import audits_in_store, stored_auditor, stored_tree
from petri.transcript.outcome import decide_outcome
from petri.transcript.record import spoken_turns
from petri.transcript.schema import End, Imported, Transcript
from petri.transcript.store import fault_of, models_in

Program = Literal["petri 2", "petri 3"]

_PACKAGES: Final[dict[Program, tuple[str, ...]]] = {
    "petri 3": ("inspect_petri", "petri_bloom", "petri_dish"),
    "petri 2": ("petri",),
}
_PARTS: Final[dict[Program, frozenset[str]]] = {
    "petri 3": frozenset({"audit_solver", "audit_judge"}),
    "petri 2": frozenset({"auditor_agent", "alignment_judge"}),
}
"""Their solvers and scorers: tasks of people's own are made of them, and our own task is called petri/audit too."""

_END: Final = "end_conversation"


@dataclass(frozen=True, slots=True)
class _Found:
    """What a sample's log says of a conversation."""

    tree: Tree
    auditor: tuple[ChatMessage, ...]
    models: tuple[str, ...]
    """The models that were called as the target, in order of appearance."""
    ended: bool
    """Whether the auditor ended it."""
    missing: tuple[str, ...]


def is_foreign(log: EvalLog) -> bool:
    """Say whether a log, of which the header is enough, is one of Petri 2 or 3, and not one of ours."""
    return _program(log) is not None


def foreign_transcript(log: EvalLog, sample: EvalSample) -> Transcript:
    """Give a sample of such a log, with its long texts in place, as a transcript; raises ``UnreadableLog``."""
    program = _program(log)
    where = f"{log.location or 'the log'}: sample {sample.id!r} (epoch {sample.epoch})"
    if program is None:
        raise UnreadableLog(
            f"{log.location or 'the log'}: is a log of {log.eval.task!r}; what can be read are logs of `petri audit`, "
            "of Petri 2 (petri/audit) and of Petri 3 (inspect_petri/audit)"
        )
    found = _found(sample, where)
    cell = _cell(log, sample, where)
    target = _target(log, found.models)
    fault = fault_of(sample)
    end = None if sample.error or sample.limit else _end(ended=found.ended)
    limit = sample.limit.type if sample.limit else None
    return Transcript.of_tree(
        found.tree,
        id=job_id(cell, target, sample.epoch),
        cell=cell,
        epoch=sample.epoch,
        target=target,
        auditor=found.auditor,
        end=end,
        error=fault,
        outcome=decide_outcome(
            target_turns=spoken_turns(found.tree), end=end, limit=limit, failed=fault is not None
        ),
        imported=Imported(
            program=program,
            version=_version(log, program),
            missing=(*found.missing, *_left_out(sample, found, target, end)),
        ),
    )


def _program(log: EvalLog) -> Program | None:
    """Give the program that wrote a log, told from the header; None for ours and for everything else."""
    if "petri" in (log.eval.metadata or {}):
        return None
    names = _names(log)
    if _version(log, "petri 3") or any(
        name.split("/")[0] in _PACKAGES["petri 3"] for name in names if "/" in name
    ):
        return "petri 3"
    parts = {name.rpartition("/")[2] for name in names if name.rpartition("/")[0] in {"", "petri"}}
    with_roles = {"auditor", "target"} & set(log.eval.model_roles or {}) or any(
        "petri/" in name for name in names
    )
    if not with_roles:
        return None
    return next((program for program, own in _PARTS.items() if own & parts), None)


def _names(log: EvalLog) -> list[str]:
    """Give the names of the log's task, solvers and scorers; of what is installed, with the package before it."""
    scorers = [scorer.name for scorer in log.eval.scorers or ()]
    solvers = [step.solver for step in log.plan.steps]
    told = [log.eval.task, log.eval.task_registry_name, log.eval.solver, *solvers, *scorers]
    return [name for name in told if name]


def _version(log: EvalLog, program: Program) -> str | None:
    """Give the version that the header has of one of the program's packages."""
    versions = {name.replace("-", "_"): version for name, version in log.eval.packages.items()}
    return next((f"{name} {versions[name]}" for name in _PACKAGES[program] if name in versions), None)


def _found(sample: EvalSample, where: str) -> _Found:
    """Read the conversation from the model calls; of a log of Petri 2 without any, from the store."""
    calls = Calls(sample.events)
    audits = audits_in_store(sample.store)
    if not sample.events:
        if not audits:
            raise UnreadableLog(
                f"{where}: events: there are none, and they hold the conversation; a log with its events is needed"
            )
        found = _from_store(sample, where)
    else:
        found = _from_calls(sample, calls, where)
    timelines = [line.name for line in sample.timelines or () if line.name.split("-")[-1] == "target"]
    together = max(audits, len(timelines))
    if together > 1:
        said = (
            f"The sample holds {together} audits; their conversations stand here side by side, as branches."
        )
        return replace(found, missing=(*found.missing, said))
    return found


def _from_calls(sample: EvalSample, calls: Calls, where: str) -> _Found:
    grafting = Grafting(where)
    for call in calls.target:
        grafting.add(call)
    answered = [(call.input, reply) for call in calls.auditor if (reply := reply_of(call)) is not None]
    auditor = (*answered[-1][0], answered[-1][1]) if answered else ()
    held = sum(message.role == "assistant" for message in auditor)
    missing = (
        ("Calls of the target that failed or broke off: {}; no reply to them is known.", grafting.unanswered),
        (
            "Assistant messages that are none of the target's recorded replies: {}; they count as given to it.",
            grafting.given,
        ),
        (
            "Turns of the auditor that its last call no longer holds: {}; its conversation is taken from there.",
            len(answered) - held,
        ),
    )
    return _Found(
        tree=grafting.tree,
        auditor=auditor,
        models=tuple(dict.fromkeys(call.model for call in calls.target)),
        ended=any(
            isinstance(event, ToolEvent) and event.function == _END and event.error is None
            for event in sample.events
        ),
        missing=tuple(said.format(count) for said, count in missing if count > 0),
    )


def _from_store(sample: EvalSample, where: str) -> _Found:
    auditor = stored_auditor(sample.store, where)
    said = (message for message in auditor if isinstance(message, ChatMessageAssistant))
    return _Found(
        tree=stored_tree(sample.store, where),
        auditor=auditor,
        models=(),
        ended=any(call.function == _END for message in said for call in message.tool_calls or ()),
        missing=(
            "The log holds no model calls: only the branch that the audit ended on is known, and no rolled back one.",
            "Which tools the target had, and why its replies ended, is not known either.",
        ),
    )


def _left_out(sample: EvalSample, found: _Found, target: str, end: End | None) -> Iterator[str]:
    """Yield what the log does not say, or what is not taken over."""
    if any(node.origin is Origin.SIMULATED_TOOL for node in found.tree):
        yield "Where the tools' results came from is not recorded; all are taken to be made up by the auditor."
    if end is not None and end.by == "turns":
        yield (
            "Why the audit stopped is not recorded; the auditor did not end it, so it is taken to have used up its "
            "turns."
        )
    if set(found.models) - {target}:
        yield f"Several models were called as the target: {', '.join(found.models)}."
    if any(isinstance(event, ApprovalEvent) for event in sample.events):
        yield "What was approved or rejected before the target saw it is in the log and not here."
    if sample.scores:
        yield "The scores that the log's own judge gave are in the log and not here."


def _cell(log: EvalLog, sample: EvalSample, where: str) -> Cell:
    """Give what was asked for: the sample's input, under a name that follows from the sample's id."""
    seed = _seed(sample, where)
    told = str(sample.id)
    named = re.sub(r"[^a-z0-9]+", "-", told.lower()).strip("-")[:48].strip("-")
    if any(char.isalnum() and not char.isascii() for char in told):
        # Letters were lost, and scenarios that differ in these alone would be one.
        named = f"{named or 'sample'}-{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"
    scenario = named if named and not named.isdigit() else f"sample-{named}".strip("-")
    # A run that was taken up again goes on under its task's id; other runs of the same seed are other audits.
    content = json.dumps([log.eval.task_id, str(sample.id), seed]).encode()
    return Cell(
        id=f"{scenario}-{hashlib.sha256(content).hexdigest()[:10]}",
        file=re.split(r"[/\\]", log.location)[-1] or "?",
        scenario=scenario,
        seed=seed,
        tags=_tags(sample, where),
        audit=AuditSettings(),
        rubric=(),
    )


def _seed(sample: EvalSample, where: str) -> str:
    if isinstance(sample.input, str):
        return sample.input
    asked = [message.text for message in sample.input if isinstance(message, ChatMessageUser)]
    if not asked:
        raise UnreadableLog(f"{where}: input: holds no user message, which would be the seed")
    return asked[-1]


def _tags(sample: EvalSample, where: str) -> tuple[str, ...]:
    told: Any = sample.metadata.get("tags")
    tags = [told] if isinstance(told, str) else told or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in cast("list[Any]", tags)):
        raise UnreadableLog(f"{where}: metadata.tags: is {told!r}; a list of words is needed")
    return tuple(dict.fromkeys(cast("list[str]", tags)))


def _target(log: EvalLog, models: tuple[str, ...]) -> str:
    """Give the target's name: the model in the role, else the one that was called first; ``?`` where none is known."""
    named = models_in(log, "target")
    return next(iter([*(name for name in named if name in models), *models, *named]), "?")


def _end(*, ended: bool) -> End:
    if ended:
        return End(by="auditor", reason="the auditor ended the conversation")
    return End(by="turns", reason="the auditor did not end the conversation")
