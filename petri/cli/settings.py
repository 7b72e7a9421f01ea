"""Values of the scenario file, given on the command line."""

from collections.abc import Sequence
from pathlib import Path

from petri.document.parse import parse_document
from petri.document.source import Source
from petri.errors import InvalidFile, UsageError


def read_settings(given: Sequence[str]) -> dict[str, object]:
    """Read settings such as ``audit.max_turns=5``; a value is YAML, by the same rules as in a file."""
    settings: dict[str, object] = {}
    for text in given:
        key, sign, value = text.partition("=")
        key = key.strip()
        if not sign or not key:
            raise UsageError(f"--set {text!r}: write KEY=VALUE, such as audit.max_turns=5")
        if key in settings:
            raise UsageError(
                f"--set {text!r}: {key} is set twice; a list is written in brackets, as {key}=[A, B]"
            )
        document = parse_document(Source(f"--set {key}", value, ""), name="the value")
        if document.faults:
            raise InvalidFile(document.faults)
        settings[key] = document.data
    return settings


def all_settings(
    set_: Sequence[str] | None,
    auditor: str | None,
    target: Sequence[str] | None,
    judge: Sequence[str] | None,
    realism: str | None,
    simulator: str | None,
    epochs: int | None,
    max_turns: int | None,
    rubric: Sequence[str] | None,
    judge_groups: str | None,
) -> dict[str, object]:
    """Give what `--set` says, and in front of it what the flags say that have names of their own."""
    flags = {
        "models.auditor": auditor,
        "models.target": _one_or_more(target),
        "models.judge": _one_or_more(judge),
        "models.realism": realism,
        "models.simulator": simulator,
        "audit.epochs": epochs,
        "audit.max_turns": max_turns,
        "judge.rubric": [findable(name) for name in rubric] if rubric else None,
        "judge.groups": judge_groups,
    }
    return read_settings(set_ or ()) | {key: value for key, value in flags.items() if value is not None}


def findable(rubric: str) -> str:
    """Give a rubric file named on the command line by its full path: a file's own are relative to the file."""
    path = Path(rubric)
    return str(path.resolve()) if path.is_file() else rubric


def _one_or_more(names: Sequence[str] | None) -> object:
    return names[0] if names and len(names) == 1 else names
