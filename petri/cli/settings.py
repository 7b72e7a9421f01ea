"""Values of the scenario file, given on the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from petri.document.parse import parse_document
from petri.document.source import Source
from petri.errors import InvalidFile, UsageError


@dataclass(frozen=True, slots=True)
class Given:
    """Values that a command line puts in the place of a file's."""

    settings: dict[str, object]
    """By keys such as ``audit.max_turns``."""
    origins: dict[str, str]
    """The flag behind each."""


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


def order_settings(
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
) -> Given:
    """Give what an order's flags say of its scenario files."""
    return given(
        set_,
        {
            "--auditor": ("models.auditor", auditor),
            "--target": ("models.target", _one_or_more(target)),
            "--judge": ("models.judge", _one_or_more(judge)),
            "--realism": ("models.realism", realism),
            "--simulator": ("models.simulator", simulator),
            "--epochs": ("audit.epochs", epochs),
            "--max-turns": ("audit.max_turns", max_turns),
            "--rubric": ("judge.rubric", findable(rubric)),
            "--judge-groups": ("judge.groups", judge_groups),
        },
    )


def given(set_: Sequence[str] | None, flags: Mapping[str, tuple[str, object]]) -> Given:
    """Give what `--set` says, and in front of it each flag's key and value, unless that is None."""
    written = read_settings(set_ or ())
    named = {key: (flag, value) for flag, (key, value) in flags.items() if value is not None}
    return Given(
        written | {key: value for key, (_, value) in named.items()},
        {key: f"--set {key}" for key in written} | {key: flag for key, (flag, _) in named.items()},
    )


def findable(rubrics: Sequence[str] | None) -> list[str] | None:
    """Give rubric files named on the command line by their full paths: a file's own are relative to the file."""
    return [str(Path(name).resolve()) if Path(name).is_file() else name for name in rubrics or ()] or None


def _one_or_more(names: Sequence[str] | None) -> object:
    return names[0] if names and len(names) == 1 else names
