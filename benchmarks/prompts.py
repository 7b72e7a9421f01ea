"""Measures how large the prompts of an audit are, by role and turns, and prints a table.

    python benchmarks/prompts.py            half a minute
    python benchmarks/prompts.py --write    and keep the table in benchmarks/RESULTS.md, below those of run.py

What is measured is what stands in the log: the input and the tools of each model call, written as JSON, tools first.
The models are those of `workload.py`, so that nothing but the prompts and the length of the audit decides the sizes.
`run.py --write` writes the file anew: run this one after it.
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import workload
from inspect_ai.event import ModelEvent
from inspect_ai.model import ChatMessage, ChatMessageAssistant
from inspect_ai.tool import ToolInfo

from petri.display.base import Display
from petri.protocol.text import as_text
from petri.runner import Order, run
from petri.transcript.store import samples

RESULTS: Final = Path(__file__).parent / "RESULTS.md"
TITLE: Final = "## Prompt sizes"
TURNS: Final = (10, 20, 50, 100)
MOST_OVERHEAD: Final = 22_000
CHARACTERS_A_TOKEN: Final = 4

Settings = Mapping[str, object]

_MODEL: Final = {"model": "bench/target"}
_EVERYTHING: Final[Settings] = {
    "audit.world": True,
    "audit.branch_samples": 3,
    "audit.prefill": True,
    "models.target": _MODEL | {"prefill": True},
    "audit.realism": 0.5,
    "models.realism": "petri-offline/realism",
}
MODES: Final[Mapping[str, Settings]] = {
    "default": {},
    "everything: world, prefill, branch samples, realism": _EVERYTHING,
    "everything, no rollback": {**_EVERYTHING, "audit.rollback": False, "audit.branch_samples": 1},
    "simulator": {"models.simulator": _MODEL},
    "`tools: fixed`": {"audit.tools": "fixed"},
    "`tools: none`": {"audit.tools": "none"},
    "`tools: none`, no rollback": {"audit.tools": "none", "audit.rollback": False},
}


@dataclass(frozen=True)
class Request:
    """What one model call was given: the messages, the tools, and both as one text."""

    role: str
    messages: list[ChatMessage]
    tools: list[ToolInfo]

    @property
    def text(self) -> str:
        """The tools, then the messages, each as a line of JSON: the order in which providers cache them."""
        return "\n".join([_json(_tools(self.tools)), *(_json(_message(said)) for said in self.messages)])

    @property
    def fixed(self) -> tuple[int, int]:
        """Characters that every call of an auditor begins with: natively, and with its tools as text."""
        system = self.messages[0].text
        return len(system) + len(_json(_tools(self.tools))), len(
            as_text(self.messages[:1], self.tools)[0].text
        )


@dataclass(frozen=True)
class Sizes:
    """The requests of one role in one audit, in characters; ``new`` are those that no cached prefix covers."""

    turns: int
    requests: tuple[int, ...]
    new: int
    kept: float | None
    """The share of each request, but the last, that is an exact prefix of the next; None where there is but one."""


def main() -> None:
    """Measure, print, and exit with 1 when a requirement is not met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="keep the table in benchmarks/RESULTS.md")
    options = parser.parse_args()
    sizes: dict[str, list[Sizes]] = {role: [] for role in workload.ROLES}
    for turns in TURNS:
        requests = play(turns, {})
        for role in workload.ROLES:
            sizes[role].append(measure(turns, [one.text for one in requests if one.role == role]))
    fixed = {mode: play(1, settings)[0].fixed for mode, settings in MODES.items()}
    section = f"{heading()}\n{size_table(sizes)}\n{fixed_table(fixed)}"
    print(section)
    if options.write:
        RESULTS.write_text(with_section(RESULTS.read_text(encoding="utf-8"), section), encoding="utf-8")
    sys.exit(any(max(characters) > MOST_OVERHEAD for characters in fixed.values()))


def play(turns: int, settings: Settings) -> list[Request]:
    """Run one audit of so many turns; give what its models were sent, the auditor's first request first."""
    say(f"{turns} turns {dict(settings) or ''}")
    with tempfile.TemporaryDirectory() as folder:
        scenario = workload.write_scenario(Path(folder), audits=1, turns=turns, latency=0, spread=0)
        order = Order([str(scenario)], out=Path(folder), settings=settings)
        with redirect_stdout(StringIO()):
            made, results = run(order, Display())
        if results.counts.valid != 1:
            sys.exit(f"not a measurement: {results.counts} {[audit.error for audit in results.audits]}")
        [log] = made.logs()
        [sample] = samples(log)
    events = [event for event in sample.events if isinstance(event, ModelEvent)]
    requests = [Request(str(event.role), event.input, event.tools) for event in events]
    return sorted(requests, key=lambda request: request.role != "auditor")


def measure(turns: int, texts: Sequence[str]) -> Sizes:
    """Measure the requests of one role."""
    shared = [_shared(before, after) for before, after in pairwise(texts)]
    new = sum(map(len, texts)) - sum(shared)
    kept = sum(shared) / sum(map(len, texts[:-1])) if shared else None
    return Sizes(turns, tuple(map(len, texts)), new, kept)


def size_table(sizes: Mapping[str, Iterable[Sizes]]) -> str:
    """Give the sizes as a Markdown table, in tokens and in characters."""
    lines = [
        "| role | turns | calls | tokens per turn | of them new | first call | last call | prefix of the next |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for role, rows in sizes.items():
        for row in rows:
            kept = "one call" if row.kept is None else f"{row.kept:.1%}"
            shown = (sum(row.requests) / row.turns, row.new / row.turns, row.requests[0], row.requests[-1])
            cells = " | ".join(f"{tokens(size):,} ({size:,.0f})" for size in shown)
            lines.append(f"| {role} | {row.turns} | {len(row.requests)} | {cells} | {kept} |")
    return "\n".join(lines) + "\n"


def fixed_table(fixed: Mapping[str, tuple[int, int]]) -> str:
    """Give what every call of the auditor begins with, by mode, as a Markdown table."""
    lines = [
        "| mode | auditor's system prompt and tools | with `tool_calling: text` | required | |",
        "|---|---|---|---|---|",
    ]
    for mode, (native, text) in fixed.items():
        met = "met" if max(native, text) <= MOST_OVERHEAD else "**not met**"
        lines.append(f"| {mode} | **{native:,}** characters | {text:,} | <= {MOST_OVERHEAD:,} | {met} |")
    return "\n".join(lines) + "\n"


def heading() -> str:
    """Say what was measured."""
    return f"""\
{TITLE}

`python benchmarks/prompts.py`: one audit each; the auditor sends {workload.AUDITOR_CHARACTERS} characters a turn with
one tool call, the target says {workload.TARGET_CHARACTERS}. Tokens are characters, in brackets, by
{CHARACTERS_A_TOKEN}. New is what no exact prefix of the request before covers, and so no provider's cache.
"""


def with_section(page: str, section: str) -> str:
    """Give the page with the section in the place of an older one, or at the end."""
    older = re.compile(rf"^{re.escape(TITLE)}$.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    return f"{older.sub('', page).rstrip()}\n\n{section}"


def tokens(characters: float) -> int:
    """Estimate tokens."""
    return round(characters / CHARACTERS_A_TOKEN)


def say(message: str) -> None:
    """Report progress."""
    print(f"bench: {message}", file=sys.stderr)


def _tools(tools: Iterable[ToolInfo]) -> list[dict[str, Any]]:
    return [tool.model_dump(mode="json", exclude_none=True, exclude={"options"}) for tool in tools]


def _message(message: ChatMessage) -> dict[str, Any]:
    said: dict[str, Any] = {"role": message.role, "content": message.text}
    if isinstance(message, ChatMessageAssistant) and message.tool_calls:
        said["tool_calls"] = [
            {"name": call.function, "arguments": call.arguments} for call in message.tool_calls
        ]
    return said


def _shared(before: str, after: str) -> int:
    """Give how many characters two texts have in common from the start."""
    if after.startswith(before):
        return len(before)
    unlike = (n for n, (old, new) in enumerate(zip(before, after, strict=False)) if old != new)
    return next(unlike, len(after))


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False)


if __name__ == "__main__":
    main()
