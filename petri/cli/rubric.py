"""`petri rubric`: making rubric files."""

import asyncio
import json
import os
import shlex
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import typer

from petri.cli.init import write_unless_there
from petri.datafiles import rubric_files
from petri.display.console import data_only
from petri.display.safe import flat, one_line
from petri.document.fields import make_slug
from petri.drafting.constitution import read_constitution
from petri.drafting.draft import Drafted, Drafter
from petri.drafting.draft_file import DraftFile
from petri.errors import PetriError, UsageError
from petri.roles import make_model
from petri.rubric.schema import rubric_json_schema

_OFFLINE: Final = "petri-offline/drafter"
_SUFFIXES: Final = {".yaml", ".yml"}
_INCOMPLETE: Final = 3
_EXCERPT: Final = 60

command = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@command.callback()
def about() -> None:
    """Make rubric files.

    Example: petri rubric from-principles principles.md --offline
    """


@command.command("from-principles")
def from_principles(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Principles: a list in Markdown or YAML, or paragraphs.")
    ],
    model: Annotated[str | None, typer.Option(metavar="M", help="The model that drafts.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="A built-in simulated model drafts.")] = False,
    name: Annotated[str | None, typer.Option(help="The rubric's name; by default the file's.")] = None,
    out: Annotated[
        str | None, typer.Option(metavar="FILE.yaml", help="Where to write it; stdout by default.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file that is there.")] = False,
) -> None:
    """Draft a rubric from principles, for a person to edit.

    Each principle gives one dimension. One that gives none is named, and the exit code is 3.

    Example: petri rubric from-principles principles.md --model openai/gpt-5 --out my-rubric.yaml
    """
    said = typer.echo
    with data_only():
        drafter = Drafter(make_model(_chosen(model, offline=offline), "drafting model"))
    target = None if out is None else _writable(Path(out), Path(file), force=force)
    rubric = _free_name(name or (target or Path(file)).stem, given=name is not None)
    source = read_constitution(Path(file))
    count = len(source.principles)
    said(f"drafting from {count} principle{'s' * (count != 1)} with {flat(str(drafter.model))}", err=True)
    drafts = asyncio.run(drafter.draft(source.principles, _Progress(count).tell))
    lost = [draft for draft in drafts if draft.dimension is None]
    for draft in lost:
        said(flat(f"{source.path}:{draft.principle.line}: not drafted: {draft.said}"), err=True)
    if len(lost) == len(drafts):
        said("petri: no principle gave a dimension; nothing was written", err=True)
        raise typer.Exit(_INCOMPLETE)
    _write(DraftFile(rubric, source, str(drafter.model), drafts).text(), target)
    raise typer.Exit(_INCOMPLETE if lost else 0)


class _Progress:
    """Says what became of each principle as it ends."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0

    def tell(self, draft: Drafted) -> None:
        self._done += 1
        what = draft.dimension.name if draft.dimension else "not drafted"
        words = one_line(draft.principle.text, _EXCERPT)
        typer.echo(f"[{self._done:>{len(str(self._total))}}/{self._total}] {what}: {words}", err=True)


def _chosen(model: str | None, *, offline: bool) -> str:
    if model is not None and offline:
        raise UsageError("--model and --offline name two models; remove one of the two")
    if model is None and not offline:
        raise UsageError(
            "no model is named; give --model M (such as anthropic/claude-sonnet-4-6, with its API key in the "
            "environment or in .env), or --offline for the built-in simulated one"
        )
    return model or _OFFLINE


def _free_name(text: str, *, given: bool) -> str:
    """Give the rubric's name; raises ``UsageError`` where it is none, or the name of one that ships."""
    name = make_slug(text)
    if given and name != text:
        raise UsageError(
            f"--name {text!r}: lower-case letters, digits, '-' and '_' (at most 64), such as {name!r}"
        )
    if name in rubric_files():
        raise UsageError(f"{name!r} is the name of a rubric that ships; choose another one with --name NAME")
    return name


def _writable(path: Path, source: Path, *, force: bool) -> Path:
    """Give the path once all is seen to that can be seen to before anything is spent."""
    if path.suffix not in _SUFFIXES:
        raise UsageError(f"--out {str(path)!r}: a rubric file ends in .yaml or .yml")
    if path.exists() and source.exists() and path.samefile(source):
        raise UsageError(f"--out {str(path)!r} is the file of the principles itself; choose another name")
    if path.exists() and not force:
        raise UsageError(
            f"{path} exists and stays as it is; choose another name, or give --force to replace it"
        )
    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(f"--out {str(path)!r} cannot be written: its folder has to be there, and writable")
    return path


def _write(text: str, path: Path | None) -> None:
    """Write the file whole or not at all, with the schema that its first line names."""
    if path is None:
        typer.echo(text, nl=False)
        return
    draft = path.with_suffix(f"{path.suffix}.part")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:  # the draft was paid for
        with suppress(OSError):  # the first fault is the one to tell of
            draft.unlink()
        typer.echo(text, nl=False)
        raise PetriError(
            f"{path}: cannot be written: {error.strerror or error}; the draft is on stdout"
        ) from error
    typer.echo(f"wrote {flat(str(path))}", err=True)
    schema = json.dumps(rubric_json_schema(), indent=2, ensure_ascii=False) + "\n"
    write_unless_there(path.parent / "rubric.schema.json", schema)
    typer.echo(f"next: read and edit it, then: petri validate {shlex.quote(str(path))}", err=True)
