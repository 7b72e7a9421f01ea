"""What one audit uses by default: calls and tokens of each role, as they usually are, and where an audit is long.

docs/costs.md says where each number comes from. Those of our own prompts are measured (`benchmarks/prompts.py`); how
much models say, and how often an auditor goes back, is assumed until earlier audits tell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from petri.costs.prices import Tokens
from petri.judge.groups import make_groups
from petri.roles import as_choices, as_settings
from petri.rubric.schema import Dimension
from petri.scenario.schema import AuditSettings, JudgeSettings, Model, Models, ModelSettings

Role = Literal["auditor", "target", "judge", "realism", "simulator"]

CHARACTERS_A_TOKEN: Final = 4


@dataclass(frozen=True, slots=True)
class Habits:
    """How models behave in an audit. Tokens are those of one reply of the target's, with what comes before it."""

    share: float
    """Of the turns that an audit may have, those that its longest branch uses."""
    branching: float
    """Replies of the target on all branches, to one on the longest, where the auditor may go back."""
    steps: float
    """Calls of the auditor for one reply of the target's."""
    staged: int
    """Tokens that the auditor puts before the target for one reply."""
    said: int
    """Tokens of the target's reply."""
    cached: float
    """The part of what a model has read before that its provider charges as cached."""
    ruled: int
    """Tokens that a judge writes on one dimension."""
    asked: float
    """Replies of a judge, or of a realism check, to one that was asked for."""
    played: float
    """Calls of the simulator for one reply of the target's."""
    flagged: float
    """The part of transcripts that a screener sends on, and that a probe reads again."""
    thinking: float
    """How much of its allowance a model thinks with."""


USUAL: Final = Habits(
    share=0.8,
    branching=1.2,
    steps=1.25,
    staged=200,
    said=300,
    cached=0.85,
    ruled=120,
    asked=1.1,
    played=0.5,
    flagged=0.2,
    thinking=0.5,
)
LONG: Final = Habits(
    share=1,
    branching=1.6,
    steps=1.6,
    staged=300,
    said=500,
    cached=0.7,
    ruled=180,
    asked=1.3,
    played=1,
    flagged=0.5,
    thinking=0.9,
)

_THOUGHTS: Final = {
    None: 0,
    "none": 0,
    "minimal": 200,
    "low": 1_000,
    "medium": 4_000,
    "high": 8_000,
    "xhigh": 16_000,
}
"""Tokens that a model may think with before a reply, by its setting."""

# Measured by benchmarks/prompts.py: characters by 4, less the words that were said.
_AUDITOR_FIXED: Final = 2_750
_AUDITOR_AS_TEXT: Final = 170
_AUDITOR_STEP: Final = 80
_TARGET_FIXED: Final = 150
_TARGET_REPLY: Final = 20
_JUDGE_FIXED: Final = 1_200
_JUDGE_REPLY: Final = 60
_SIMULATOR_FIXED: Final = 3_170
_REALISM_FIXED: Final = 800
_PLAYED: Final = 250
_CHECKED: Final = 150
_FILED: Final = 100
_ANSWERED: Final = 60
_PROBES: Final = 2
_CONDITIONS: Final = 2


@dataclass(frozen=True, slots=True)
class Use:
    """Calls and their tokens."""

    calls: float
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Player:
    """A model in a role of an audit."""

    role: Role
    model: Model
    place: int = 0
    """Among the models of its role."""

    @property
    def settings(self) -> ModelSettings:
        """The model with its settings, however it was written."""
        return as_settings(self.model)


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides how much an audit uses: the settings in force, and how long what it is given is."""

    audit: AuditSettings
    judge: JudgeSettings
    models: Models
    target: Model
    families: Sequence[Sequence[Dimension]]
    """The dimensions of each rubric; empty where nothing is judged."""
    given: float
    """Tokens of the scenario, on average."""
    known: float = 0
    """Tokens of the conversation that an audit goes on from, on average."""
    checks: float = 0
    """Closed questions that the target is asked after an audit, on average."""

    @property
    def groups(self) -> tuple[int, ...]:
        """Dimensions in each call of a judge."""
        return tuple(map(len, make_groups(self.families, self.judge.groups))) if self.families else ()

    @property
    def task(self) -> int:
        """Tokens of all dimensions as a judge reads them."""
        dimensions = (dimension for family in self.families for dimension in family)
        return sum(len(dimension.model_dump_json()) for dimension in dimensions) // CHARACTERS_A_TOKEN

    def readings(self, judge: int, flagged: float) -> float:
        """Give how often a judge reads a transcript, where a screener or a probe flags this part of them."""
        cascade = self.judge.cascade
        if cascade is not None and judge == 0:
            return 1
        drawn = 1.0 if cascade is None else flagged + (1 - flagged) * cascade.sample
        again = _PROBES * flagged if self.judge.probe else 0
        return self.judge.repeats * drawn * (1 + again)

    def players(self) -> Iterator[Player]:
        """Yield each model in each role."""
        models = self.models
        optional: tuple[tuple[Role, Model | None], ...] = (
            ("auditor", models.auditor),
            ("target", self.target),
            ("realism", models.realism if self.audit.realism != "off" else None),
            ("simulator", models.simulator),
        )
        for role, model in optional:
            if model is not None:
                yield Player(role, model)
        for place, model in enumerate(as_choices(models.judge) if self.families else ()):
            yield Player("judge", model, place)

    def with_turns(self, turns: int) -> "Shape":
        """Give the same audit with another limit."""
        return replace(self, audit=self.audit.model_copy(update={"max_turns": turns}))


def use(shape: Shape, player: Player, habits: Habits = USUAL) -> Use:
    """Give what a model in a role uses in one audit."""
    spoken, settings = _spoken(shape, player, habits), player.settings
    allowed = settings.reasoning_tokens or _THOUGHTS[settings.reasoning_effort]
    thoughts = spoken.calls * allowed * habits.thinking
    return Use(spoken.calls, spoken.tokens + Tokens(output=thoughts))


def _spoken(shape: Shape, player: Player, habits: Habits) -> Use:
    """Give the use of a model that does not think."""
    settings = player.settings
    turns = max(shape.audit.max_turns * habits.share, 1.0)
    replies = turns * habits.branching if shape.audit.rollback else turns
    match player.role:
        case "auditor":
            return _auditor(shape, settings, replies, habits)
        case "target":
            return _target(shape, settings, turns, replies, habits)
        case "judge":
            return _judge(shape, player.place, replies, habits)
        case "realism":
            read = _REALISM_FIXED + shape.given + habits.staged
            return _alike(replies * habits.asked, read, _CHECKED)
        case "simulator":
            calls = 0 if shape.audit.tools == "none" else replies * habits.played
            return _alike(calls, _SIMULATOR_FIXED + shape.given, _PLAYED)


def _auditor(shape: Shape, settings: ModelSettings, replies: float, habits: Habits) -> Use:
    """An auditor reads all that went before at each call, and learns what the target said."""
    calls = replies * habits.steps
    as_text = _AUDITOR_AS_TEXT if settings.tool_calling == "text" else 0
    first = _AUDITOR_FIXED + as_text + shape.given + shape.known
    growth = _AUDITOR_STEP + (habits.staged + habits.said) / habits.steps
    written = calls * (habits.staged / habits.steps + _AUDITOR_STEP / 2)
    read = calls * first + growth * calls * (calls - 1) / 2
    return _with_cache(Use(calls, Tokens(read, written)), first + growth * calls, settings, habits)


def _target(shape: Shape, settings: ModelSettings, turns: float, replies: float, habits: Habits) -> Use:
    """A target reads the branch it is on; it is asked the scenario's own questions at the end of it."""
    growth = _TARGET_REPLY + habits.staged + habits.said
    first = _TARGET_FIXED + shape.known + habits.staged
    questions = shape.checks * _CONDITIONS
    read = replies * (first + growth * (turns - 1) / 2) + questions * (first + growth * turns)
    new = first + growth * replies + questions * _ANSWERED
    written = replies * habits.said + questions * _ANSWERED
    return _with_cache(Use(replies + questions, Tokens(read, written)), new, settings, habits)


def _judge(shape: Shape, place: int, replies: float, habits: Habits) -> Use:
    """A judge reads the whole transcript for each group of dimensions, and nothing that it is sent is cached."""
    readings = shape.readings(place, habits.flagged)
    calls = readings * len(shape.groups) * habits.asked
    transcript = _JUDGE_FIXED + shape.known + replies * (habits.staged + habits.said + _JUDGE_REPLY)
    read = calls * transcript + readings * habits.asked * 2 * shape.task
    written = calls * _FILED + readings * habits.asked * sum(shape.groups) * habits.ruled
    return Use(calls, Tokens(read, written))


def _alike(calls: float, read: float, written: float) -> Use:
    """Calls that have nothing to do with each other."""
    return Use(calls, Tokens(calls * read, calls * written))


def _with_cache(sent: Use, new: float, settings: ModelSettings, habits: Habits) -> Use:
    """Calls of which each begins with what was sent before: ``new`` of what is read is sent for the first time."""
    read, written = sent.tokens.read, sent.tokens.output
    new = min(new, read)
    cached = habits.cached * (read - new)
    # Anthropic charges for what it is asked to keep, which is all that is new.
    if "claude" in settings.model:
        return Use(sent.calls, Tokens(read - new - cached, written, cached, new))
    return Use(sent.calls, Tokens(read - cached, written, cached))
