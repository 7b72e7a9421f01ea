"""The record of one audit, versioned. It is a fold of the log's events and holds nothing that they do not."""

from typing import Any, Literal, Self

from inspect_ai.model import ChatMessage
from pydantic import BaseModel, ConfigDict, PrivateAttr

from petri.conversation.tree import Tree, TreeRecord
from petri.plan import Cell

FORMAT: Literal["petri-transcript/1"] = "petri-transcript/1"

EndedBy = Literal["auditor", "turns", "stalled", "refused", "context"]


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
