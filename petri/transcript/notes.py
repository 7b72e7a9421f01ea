"""What the record says of single messages: what was taken back and why, and which answers were drawn anew."""

from collections.abc import Iterator
from dataclasses import dataclass

from petri.conversation.tree import Origin
from petri.transcript.schema import Comparison, RealismRecord, Transcript

_STAGED = (Origin.AUDITOR, Origin.PREFILL, Origin.SIMULATED_TOOL)


@dataclass(frozen=True, slots=True)
class Note:
    """What is shown of a message beside what was said."""

    mark: str
    """Beside its label."""
    why: tuple[str, ...] = ()
    """Below it, in a model's words."""


def notes_of(transcript: Transcript) -> dict[str, Note]:
    """Give the notes by the labels of their messages."""
    return _taken_back(transcript) | dict(_drawn_anew(transcript))


def _taken_back(transcript: Transcript) -> dict[str, Note]:
    """Give what the realism check took back; the auditor may go back to it, and then it may pass."""
    tree = transcript.conversation()
    seen = {node.label for leaf in tree.branches() for node in tree.path(leaf.label)}
    messages = {node.label for node in tree if node.origin in _STAGED}
    threshold = transcript.cell.audit.realism
    low = 0.0 if threshold == "off" else threshold
    why: dict[str, tuple[str, ...]] = {}
    for record in transcript.realism:
        for label in messages.intersection(record.staged) if record.rejected else ():
            why[label] = (*why.get(label, ()), *_reasons(label, record, low))
    return {
        label: Note("taken back" if label in seen else "taken back, never seen by the target", told)
        for label, told in why.items()
    }


def _reasons(label: str, record: RealismRecord, threshold: float) -> Iterator[str]:
    """Yield what gave a message away; of one that gave nothing away, what gave away the staging it was part of."""
    low = [item for item in record.items if item.score < threshold]
    for item in [item for item in low if item.what == label] or low:
        with_it = "" if item.what == label else f"went with {item.what}, which "
        yield f"{with_it}gave it away ({item.score:g}): {item.gives_away}"


def _drawn_anew(transcript: Transcript) -> Iterator[tuple[str, Note]]:
    for made in transcript.comparisons:
        yield from ((label, Note(f"drawn anew for {made.at}, unchanged")) for label in made.unchanged)
        yield from ((label, Note(f"drawn anew for {made.at}, {_after(made)}")) for label in made.changed)


def _after(made: Comparison) -> str:
    # Only of these are there several to choose from; beside another change a label means nothing.
    which = f" ({made.label})" if made.change in {"message", "tool_result"} else ""
    return f"after a changed {str(made.change).replace('_', ' ')}{which}"
