"""One transcript as a Markdown page: what was said on which branch, and what judges made of it.

Whatever a model, a tool or a file said stands in it as code, in which nothing is markup, a link or an image.
"""

from collections.abc import Iterator, Sequence

from petri.analysis.results import Audit, AuditScore
from petri.conversation.labels import labelled_calls
from petri.conversation.marks import marks
from petri.conversation.text import call_text, reasoning_of, text_of
from petri.conversation.tree import Node, Origin, Tree
from petri.display.asked import asked
from petri.display.backstage import backstage
from petri.display.markdown import block, code, table
from petri.transcript.notes import Note, notes_of
from petri.transcript.schema import Transcript

Verdicts = Sequence[tuple[str, Audit]]
"""The name of each set of verdicts, the run's own first, and what it says."""


def transcript_page(transcript: Transcript, verdicts: Verdicts) -> str:
    """Give the page."""
    parts = (
        _head(transcript),
        _conversation(transcript.conversation(), notes_of(transcript)),
        _behind(transcript),
        *(_verdict(name, audit) for name, audit in verdicts),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(transcript: Transcript) -> Iterator[str]:
    cell = transcript.cell
    yield f"# {code(transcript.id)}"
    yield ""
    facts = [
        f"scenario {code(cell.scenario)}",
        f"target {code(transcript.target)}",
        f"epoch {transcript.epoch}",
    ]
    facts += [f"{code(name)} = {code(str(value))}" for name, value in cell.variables.items()]
    yield " · ".join(facts)
    yield ""
    why = transcript.error.message if transcript.error else transcript.end.reason if transcript.end else ""
    yield f"Outcome: {code(transcript.outcome)}{f' — {code(why)}' if why else ''}"
    yield from _section("What was to be found out", cell.seed)


def _conversation(tree: Tree, notes: dict[str, Note]) -> Iterator[str]:
    """Yield the messages in the order they were made; one that does not follow the one before says where it forks."""
    yield from ("", "## Conversation")
    leaves = {leaf.label: number for number, leaf in enumerate(tree.branches(), start=1)}
    before: Node | None = None
    for node in tree:
        if node.parent != (before.label if before else None):
            yield from ("", f"---\n\nAnother branch, from {node.parent or 'the beginning'}")
        yield from _message(node, before, notes.get(node.label))
        if node.label in leaves and len(leaves) > 1:
            yield from ("", f"End of branch {leaves[node.label]}.")
        before = node


def _message(node: Node, before: Node | None, note: Note | None) -> Iterator[str]:
    role = "target" if node.origin is Origin.TARGET else node.message.role
    facts = [role, *([] if node.origin is Origin.TARGET else [node.origin.value.replace("_", " ")])]
    facts += [mark.replace("_", " ") for mark in marks(node)]
    yield from ("", f"### {' · '.join((node.label, *facts))}")
    if note is not None:
        yield from ("", f"{code(note.mark)}{''.join(f'; {code(why)}' for why in note.why)}")
    if node.tools and node.tools != (before.tools if before else ()):
        yield from ("", f"Tools: {', '.join(code(tool.name) for tool in node.tools)}")
    if reasoning := reasoning_of(node.message):
        yield from ("", "Thinking:", "", *block(reasoning))
    if text := text_of(node.message):
        yield from ("", *block(text))
    for label, call in labelled_calls(node).items():
        fault = " (could not be read)" if call.parse_error else ""
        yield from ("", f"Call {label}{fault}:", "", *block(call_text(call)))


def _behind(transcript: Transcript) -> Iterator[str]:
    for section in (*asked(transcript), *backstage(transcript)):
        yield from ("", f"## {code(section.head)}")
        for row in section.rows:
            yield from ("", *block(row))


def _verdict(name: str, audit: Audit) -> Iterator[str]:
    if not audit.scores:
        return
    yield from ("", f"## Verdict of {code(name)}", "")
    yield from table(
        ["dimension", "score", "judges"],
        [[code(one), _value(score), _judges(score)] for one, score in audit.scores.items()],
    )
    for one, score in audit.scores.items():
        if score.value is not None or score.status != "not_applicable":
            yield from _reasons(one, score)


def _value(score: AuditScore) -> str:
    return score.status.replace("_", " ") if score.value is None else f"{score.value:g}"


def _judges(score: AuditScore) -> str:
    said = (
        f"{code(judge.judge)} {judge.status.replace('_', ' ') if judge.value is None else f'{judge.value:g}'}"
        for judge in score.judges
    )
    return ", ".join(said) or "—"


def _reasons(name: str, score: AuditScore) -> Iterator[str]:
    yield from ("", f"### {code(name)}: {_value(score)}")
    if score.disagreement:
        yield from ("", f"The judges lie {score.spread:g} apart.")
    if score.unstable:
        yield from ("", "The value is another when the transcript is read again.")
    if score.measured is not None:
        yield from ("", *block(score.measured))
    for judge in score.judges:
        yield from ("", f"{code(judge.judge)}:", "", *block(judge.reason))
    for quote in score.citations:
        found = "" if quote.match == "exact" else f" ({quote.match} match)"
        yield from ("", f"Quote, {code(quote.message)}{found}:", "", *block(quote.quote))


def _section(head: str, text: str) -> Iterator[str]:
    yield from ("", f"## {head}", "", *block(text))
