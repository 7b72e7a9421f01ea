"""An explanation as text or as JSON: values with their origins, and the words that models would be sent, each once."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from inspect_ai.tool import ToolInfo
from rich.console import Console
from rich.text import Text

from petri.display.safe import flat, printable
from petri.display.table import make_table, print_table
from petri.explaining.explain import ExplainedCell, Explanation, Request
from petri.prompts.files import digest

_SHORT = 12
_FACTS = ("tags", "control_for", "expect", "validity", "guidance", "stop_when", "date", "locale")


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    """Give it as one object: texts stand in ``texts`` by their SHA-256, which the requests name."""
    texts: dict[str, str] = {}

    def request(made: Request) -> dict[str, Any]:
        texts.update({digest(text): text for _, text in made.messages})
        messages = [{"role": role, "sha256": digest(text)} for role, text in made.messages]
        return {"messages": messages, "tools": [_tool(tool) for tool in made.tools]}

    cells = [
        one.cell.model_dump(mode="json", exclude={"prefix", "prefix_tools"})
        | {
            "place": one.place,
            "targets": list(one.targets),
            "requests": {
                "auditor": request(one.auditor),
                "target": request(one.target),
                "judge": [request(made) for made in one.judge],
            },
        }
        for one in explanation.cells
    ]
    return {"settings": [asdict(setting) for setting in explanation.settings], "cells": cells, "texts": texts}


def print_explanation(console: Console, explanation: Explanation) -> None:
    """Print the values in force for each file, then each cell; a text that stood above is named by its digest."""
    for path in dict.fromkeys(setting.file for setting in explanation.settings):
        rows = [setting for setting in explanation.settings if setting.file == path]
        _line(console, path, "bold")
        table = make_table("setting", (setting.key for setting in rows))
        table.add_column("value", overflow="fold")
        table.add_column("from", overflow="fold")
        for setting in rows:
            default = setting.origin.startswith("default")
            cells = (setting.key, _shown(setting.value), setting.origin)
            table.add_row(*(Text(flat(cell)) for cell in cells), style="dim" if default else "")
        print_table(console, table)
        console.print()
    seen: dict[str, str] = {}
    for one in explanation.cells:
        _print_cell(console, one, seen)


def _print_cell(console: Console, one: ExplainedCell, seen: dict[str, str]) -> None:
    cell = one.cell
    _line(console, f"Cell {cell.id}  ({one.place})", "bold")
    _line(
        console, f"target {', '.join(one.targets)} · {cell.audit.epochs} epoch{'s' * (cell.audit.epochs > 1)}"
    )
    facts = cell.model_dump(mode="json", include={"variables", *_FACTS}, exclude_defaults=True)
    for name, value in facts.items():
        _line(console, f"{name}: {_shown(value)}")
    _text(console, "seed", cell.seed, cell.id, seen)
    given = one.target.messages or one.target.tools
    requests = [
        ("auditor", one.auditor),
        ("target, from the start" if given else "target, from the start: nothing", one.target),
        *(
            (f"judge, call {number} of {len(one.judge)}" if len(one.judge) > 1 else "judge", made)
            for number, made in enumerate(one.judge, start=1)
        ),
    ]
    for who, made in requests:
        _line(console, who, "bold")
        for role, text in made.messages:
            _text(console, role, text, cell.id, seen)
        _tools(console, made.tools, cell.id, seen)
    console.print()


def _tools(console: Console, tools: Sequence[ToolInfo], where: str, seen: dict[str, str]) -> None:
    if tools:
        _text(console, f"tools ({len(tools)})", "\n".join(_described(tools)), where, seen)


def _described(tools: Sequence[ToolInfo]) -> Iterator[str]:
    for tool in tools:
        yield json.dumps(_tool(tool), ensure_ascii=False)


def _tool(tool: ToolInfo) -> dict[str, Any]:
    return tool.model_dump(mode="json", exclude_none=True, exclude={"options"})


def _text(console: Console, what: str, text: str, where: str, seen: dict[str, str]) -> None:
    """Print a text whole the first time, with its digest; later say where it stood."""
    mark = digest(text)
    if mark in seen:
        _line(console, f"{what}: as above, in cell {seen[mark]} (sha256 {mark[:_SHORT]})", "dim")
        return
    seen[mark] = where
    _line(console, f"{what} (sha256 {mark[:_SHORT]}):", "dim")
    console.print(Text(printable(text)), soft_wrap=True)


def _line(console: Console, line: str, style: str = "") -> None:
    console.print(Text(flat(line), style=style), soft_wrap=True)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
