"""One transcript for the terminal: every message once, with label and origin, forks marked, then the verdict."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from petri.analysis.results import Audit, AuditScore, Screened
from petri.conversation.labels import labelled_calls
from petri.conversation.marks import marks
from petri.conversation.text import call_text, reasoning_of, text_of
from petri.conversation.tree import Node, Origin, Tree
from petri.display.asked import asked
from petri.display.backstage import Section, backstage
from petri.display.safe import flat, printable
from petri.judge.verdict import Status
from petri.transcript.notes import Note, notes_of
from petri.transcript.schema import Transcript

_STYLE = {
    Origin.AUDITOR: "cyan",
    Origin.TARGET: "bold green",
    Origin.PREFILL: "magenta",
    Origin.PREFIX: "blue",
    Origin.SIMULATED_TOOL: "yellow",
    Origin.REAL_TOOL: "yellow",
}
_MATCHED = {"none": "red", "near": "yellow"}
_INDENT = 2


def print_transcript(console: Console, transcript: Transcript, audit: Audit) -> None:
    """Print an audit: what it was, what was said, how it ended, what went on behind it, what the judges made of it."""
    console.print(_head(transcript, audit))
    for part in _conversation(transcript.conversation(), notes_of(transcript)):
        console.print(part)
    console.print(_ending(transcript, audit))
    for section in (*asked(transcript), *backstage(transcript)):
        console.print(_section(section))
    if audit.screened is not None:
        console.print(Text(flat(_screened(audit.screened))).append("\n"), soft_wrap=True)
    idle = [name for name, score in audit.scores.items() if _last_word(score) == "not_applicable"]
    for name, score in audit.scores.items():
        if name not in idle:
            console.print(_score(name, score))
    if idle:
        console.print(Text(flat(f"Not applicable: {', '.join(idle)}"), style="dim"), soft_wrap=True)


def _head(transcript: Transcript, audit: Audit) -> Text:
    cell = transcript.cell
    values = ", ".join(f"{name}={value}" for name, value in cell.variables.items())
    head = Text(flat(f"{cell.scenario}{f' ({values})' if values else ''}"), style="bold")
    facts = f"{audit.id} · target {audit.target} · epoch {audit.epoch} · {audit.target_turns} turns"
    facts += f" · {audit.branches} branch{'' if audit.branches == 1 else 'es'}"
    return head.append(f"\n{flat(facts)}", style="not bold").append("\n")


def _conversation(tree: Tree, notes: Mapping[str, Note]) -> Iterable[RenderableType]:
    """Yield the messages in the order they were made; one that does not follow the one before says where it forks."""
    before: Node | None = None
    leaves = {leaf.label: number for number, leaf in enumerate(tree.branches(), start=1)}
    many = len(leaves) > 1
    for node in tree:
        if node.parent != (before.label if before else None):
            origin = f"from {node.parent}" if node.parent else "from the beginning"
            yield Text(f"─── another branch, {origin} " + "─" * 12, style="dim")
        end = Note(f"end of branch {leaves[node.label]}") if many and node.label in leaves else None
        yield _message(node, before, [note for note in (notes.get(node.label), end) if note is not None])
        before = node


def _message(node: Node, before: Node | None, notes: Sequence[Note]) -> RenderableType:
    role = {"assistant": "target" if node.origin is Origin.TARGET else "assistant"}.get(
        node.message.role, node.message.role
    )
    title = Text(node.label, style="bold").append(f"  {role}", style=_STYLE[node.origin])
    origin = "" if node.origin is Origin.TARGET else f"  {node.origin.value.replace('_', ' ')}"
    if found := marks(node):
        origin = f"  {', '.join(found).replace('_', ' ')}"
    title.append(origin, style="dim").append("".join(f"  {flat(note.mark)}" for note in notes), style="dim")
    body: list[RenderableType] = [title]
    body += [_indented(flat(reason), "red") for note in notes for reason in note.why]
    if node.tools and node.tools != (before.tools if before else ()):
        body.append(_indented(flat("tools: " + ", ".join(tool.name for tool in node.tools)), "dim"))
    if reasoning := reasoning_of(node.message):
        body.append(_indented(f"(thinking) {reasoning}", "italic dim"))
    if text := text_of(node.message):
        body.append(_indented(text))
    body += [
        _indented(flat(f"→ {label} {call_text(call)}{' (unreadable)' if call.parse_error else ''}"), "yellow")
        for label, call in labelled_calls(node).items()
    ]
    return Group(*body, "")


def _ending(transcript: Transcript, audit: Audit) -> Text:
    line = Text(f"Outcome: {audit.outcome}", style="bold")
    if transcript.error is not None:
        line.append(f" — {flat(f'{transcript.error.kind}: {transcript.error.message}')}", style="red")
    elif audit.reason is not None:
        line.append(f" — {flat(audit.reason)}", style="not bold")
    return line.append("\n")


def _section(section: Section) -> RenderableType:
    return Group(Text(flat(section.head)), *map(_indented, section.rows), "")


def _screened(screened: Screened) -> str:
    """Say how an audit came to the panel of a cascade, or why it did not."""
    if screened.flagged:
        return f"Screened by {screened.judge}, flagged: {'; '.join(screened.flagged)}"
    drawn = "drawn" if screened.drawn else "not drawn"
    return f"Screened by {screened.judge}, not flagged; {drawn} for the panel with {screened.inclusion:.0%}"


def _last_word(score: AuditScore) -> Status:
    """Give the status, of a score that the panel did not read for the screener's."""
    return score.screener.status if score.screener and score.status == "skipped" else score.status


def _score(name: str, score: AuditScore) -> RenderableType:
    shown = score.status if score.value is None else f"{score.value:g}"
    if score.disagreement:
        shown += f" (the judges lie {score.spread:g} apart)"
    if score.probes:
        shown += f" ({_probed(score)})"
    body: list[RenderableType] = [Text(flat(f"{name}: {shown}"), style="bold")]
    if (first := score.screener) is not None:
        value = first.status if first.value is None else f"{first.value:g}"
        body.append(_indented(f"screener {first.judge} {value}: {first.reason}", "dim"))
    if score.measured is not None:
        body.append(_indented(score.measured))
    for judge in score.judges:
        value = judge.status if judge.value is None else f"{judge.value:g}"
        who = f"{judge.judge} {value}: " if len(score.judges) > 1 else ""
        body.append(_indented(f"{who}{judge.reason}"))
    for citation in score.citations:
        found = "" if citation.match == "exact" else f"  ({citation.match} match)"
        style = _MATCHED.get(citation.match, "green")
        body.append(_indented(f"{citation.message} “{citation.quote}”{found}", style))
    return Group(*body, "")


def _probed(score: AuditScore) -> str:
    """Say what became of the value when a suspicious transcript was read again."""
    again = ", ".join(
        f"{made.status if made.value is None else f'{made.value:g}'} {variant}"
        for variant, made in score.probes.items()
    )
    return f"{'unstable' if score.unstable else 'probed'}: {again}"


def _indented(text: str, style: str = "") -> RenderableType:
    return Padding(Text(printable(text), style=style), (0, 0, 0, _INDENT))
