"""The record of one audit, versioned. It is a fold of the log's events and holds nothing that they do not."""

from typing import Any, Literal, Self

from inspect_ai.model import ChatMessage
from pydantic import BaseModel, ConfigDict, PrivateAttr

from petri.conversation.tree import Tree, TreeRecord
from petri.plan import Cell

FORMAT: Literal["petri-transcript/1"] = "petri-transcript/1"

EndedBy = Literal["auditor", "turns", "stalled", "refused", "context", "cost", "tokens", "time"]


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class End(_Stored):
    """Why the auditing loop came to an end of its own."""

    by: EndedBy
    reason: str


class ErrorRecord(_Stored):
    """What went wrong in one audit; ``kind`` is a short stable word, ``message`` has secrets removed."""

    kind: str
    """A short stable word."""
    message: str
    """For a person, with secrets removed."""


class RealismItem(_Stored):
    """What a check made of one thing."""

    what: str
    """A message's label, a tool's name, or an operation on the world."""
    score: float
    """From 0, plainly made up, to 1."""
    gives_away: str = ""
    """In the checker's words."""


class RealismRecord(_Stored):
    """One check of what the auditor had staged, before the target saw it."""

    staged: tuple[str, ...]
    """All that was checked."""
    items: tuple[RealismItem, ...] = ()
    """What could be read of the check."""
    missing: str | None = None
    """Why some of it, or all, has no score; what is missing is neither a pass nor a failure."""
    rejected: bool = False
    """Whether what was staged was taken back."""


class RepairRecord(_Stored):
    """A reply in the text protocol that had to be asked for again."""

    role: str
    faults: tuple[str, ...]


class WorldRecord(_Stored):
    """An operation on the world behind the target's tools; ``after`` is the message it came after."""

    after: str | None
    by: Literal["auditor", "simulator", "tool"]
    name: str
    arguments: dict[str, Any]
    is_error: bool = False


class Comparison(_Stored):
    """Replies drawn anew at one point, with one thing changed or none, so that a difference has a cause."""

    at: str
    """The target's message that was drawn anew."""
    change: str | None
    """system_prompt, message, tool_result or prefill; None where the same was asked again."""
    label: str | None = None
    """The message that was changed."""
    unchanged: tuple[str, ...] = ()
    """The target's new replies to what was there; ``at``, which was chosen for what it is, is not among them."""
    changed: tuple[str, ...] = ()
    """Its replies after the change."""
    rejected: bool = False
    """Whether the change did not pass the realism check; then nothing was drawn."""


class LintRecord(_Stored):
    """What the linter found in what was staged."""

    rule: str
    label: str
    words: str
    message: str


class Deployed(_Stored):
    """What a target brought along that nobody staged."""

    system: str | None = None
    tools: tuple[str, ...] = ()


class CheckReply(_Stored):
    """A reply to a closed question; what answer it is follows from its text and the check."""

    text: str = ""
    calls: tuple[str, ...] = ()
    """Tools that it called; they were not run."""
    cut: bool = False
    """Whether it was cut off at a limit of tokens."""
    error: ErrorRecord | None = None
    """Why there is none."""


class CheckCondition(_Stored):
    """A question of a check, and the fresh replies to it; none of them is part of the conversation."""

    name: str
    """Such as ``before`` and ``after``."""
    after: str | None
    """The message that it was asked after, with all before it; None where nothing stood before it."""
    asked: str
    """The message that stood in the auditor's place."""
    replies: tuple[CheckReply, ...]


class CheckRecord(_Stored):
    """A check of the scenario's and what the target replied."""

    kind: str
    """The key of the scenario's ``checks``."""
    conditions: tuple[CheckCondition, ...] = ()
    missing: str | None = None
    """Why it could not be asked."""


class Imported(_Stored):
    """What is known of a transcript that another program recorded."""

    program: Literal["petri 2", "petri 3"]
    """Which program's log it was read from."""
    version: str | None = None
    """The package and its version as the log's header has them; None where it does not say."""
    missing: tuple[str, ...] = ()
    """What the log does not say, or what was not taken over; sentences for a person."""


class Transcript(_Stored):
    """One audit: what was planned, everything that was said on every branch, and how it ended."""

    format: Literal["petri-transcript/1"] = FORMAT
    id: str
    cell: Cell
    epoch: int
    target: str
    tree: TreeRecord
    auditor: tuple[ChatMessage, ...]
    """The auditor's own conversation, in order."""
    end: End | None
    error: ErrorRecord | None
    outcome: str
    """See ``petri.transcript.outcome``."""
    realism: tuple[RealismRecord, ...] = ()
    repairs: tuple[RepairRecord, ...] = ()
    world: tuple[WorldRecord, ...] = ()
    """Every operation on the world, in the order in which they were made, on all branches together."""
    comparisons: tuple[Comparison, ...] = ()
    lint: tuple[LintRecord, ...] = ()
    deployed: Deployed | None = None
    checks: tuple[CheckRecord, ...] = ()
    """What the target was asked after the audit, and nobody else is shown."""
    imported: Imported | None = None
    """Of another program's transcript, what is known of it; None for one of ours."""
    counts: dict[str, int] = {}
    """How often something happened: the auditor was reminded (``refusal``, ``stall``), its conversation summed up
    (``compaction``; ``compaction_failed``), a reply with status 200 could not be read and was asked for again
    (``bad_response``), a role answered in the text protocol (``text:auditor`` and so on; ``repairs`` lists those that
    had to be mended)."""

    _tree: Tree | None = PrivateAttr(default=None)

    @classmethod
    def of_tree(cls, tree: Tree, **facts: Any) -> Self:
        """Make a transcript of a tree that is at hand, so that it need not be built again."""
        made = cls(tree=TreeRecord.model_validate(tree.dump()), **facts)
        made._tree = tree
        return made

    def conversation(self) -> Tree:
        """Give the conversation as a tree, to read and not to change."""
        return self._tree or Tree.parse(self.tree)
