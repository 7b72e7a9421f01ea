"""What can go wrong with a run, found before its first audit: every fault at once, and nothing spent on audits."""

import asyncio
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inspect_ai.model import ChatMessageUser, Model

from petri.boundary import Failure, guarded
from petri.errors import UsageError
from petri.governor import current
from petri.prompts.files import text
from petri.protocol.probe import supports_tools
from petri.retries import remedy
from petri.roles import as_choices, as_settings, is_ours, make_model, require_prefill
from petri.scenario.load import LoadedFile
from petri.scenario.schema import Model as Choice
from petri.scenario.schema import ModelSettings

LEAST_FREE: Final = 200 * 1024 * 1024
"""Bytes that have to be free on the disk for runs; a hundred audits take some ten million."""
_SECONDS: Final = 60
_MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tried:
    """The small calls that were made, what they cost (None where a price is not known), and what is odd about them."""

    calls: int
    usd: float | None
    doubts: tuple[str, ...] = ()

    def said(self) -> Iterator[str]:
        """Yield it in words, a line at a time; nothing where no model was called."""
        cost = "at a price that is not known" if self.usd is None else f"for {self.usd:.4f} USD"
        if self.calls:
            yield f"preflight: every model answered ({self.calls} small calls, {cost})"
        yield from (f"preflight: {doubt}" for doubt in self.doubts)


@dataclass(frozen=True, slots=True)
class _Part:
    """A model in a role."""

    role: str
    choice: Choice
    tools: bool
    """Whether it will be given tools as its provider has them."""


def folder_faults(out: Path) -> Iterator[str]:
    """Yield what keeps runs from being written into a folder, which need not exist yet."""
    there = out.absolute()
    try:
        while not there.exists() and not there.is_symlink() and there != there.parent:
            there = there.parent
    except OSError as error:  # such as a name that is too long
        yield f"{out}: runs cannot be written there: {error.strerror}; name another with --out"
        return
    if there.is_symlink() and not there.exists():
        yield f"{out}: runs cannot be written there: {there} is a link that leads nowhere; name another with --out"
    elif not there.is_dir():
        yield f"{out}: runs cannot be written there: {there} is not a folder; name another with --out"
    elif not os.access(there, os.W_OK | os.X_OK):
        yield f"{out}: runs cannot be written there: {there} may not be written to; name another with --out"
    elif (free := shutil.disk_usage(there).free) < LEAST_FREE:
        yield (
            f"{out}: {free // _MEGABYTE} MB are free on its disk, and a run needs {LEAST_FREE // _MEGABYTE} MB to "
            "begin; make room, or name another with --out"
        )


def model_faults(files: Sequence[LoadedFile], *, judged: bool) -> list[str]:
    """Give what is wrong with the models of scenario files, without calling any: names, keys, settings, prefill."""
    faults: list[str] = []
    for part in _parts(files, judged=judged):
        try:
            make_model(part.choice, part.role)
        except UsageError as error:
            faults.append(str(error))
    for file in files:
        for target in as_choices(file.spec.models.target) if file.spec.audit.prefill else ():
            try:
                require_prefill(target, file.path)
            except UsageError as error:
                faults.append(str(error))
    return list(dict.fromkeys(faults))


def try_models(files: Sequence[LoadedFile], *, judged: bool) -> Tried:
    """Call every model once, with a few words, all at a time; raises ``UsageError`` with all that failed.

    Simulated models and programs of the user's are left alone.
    """
    parts = [part for part in _parts(files, judged=judged) if not is_ours(_settings(part))]
    governor = current()
    before = governor.ledger.spent.usd if governor else 0.0
    found = asyncio.run(_try_all(parts))
    faults = [failed for failed, _ in found if failed]
    if faults:
        raise UsageError("\n".join(faults))
    known = governor is not None and governor.priced
    usd = governor.ledger.spent.usd - before if governor and known else None
    return Tried(len(parts), usd, tuple(doubt for _, doubt in found if doubt))


async def _try_all(parts: Sequence[_Part]) -> list[tuple[str, str]]:
    return list(await asyncio.gather(*map(_try, parts)))


async def _try(part: _Part) -> tuple[str, str]:
    """Call a model, and give what keeps it from being audited with, and what is odd; each empty if nothing is."""
    # Somebody waits for this: what does not answer soon is told of.
    model = make_model(
        _settings(part).model_copy(update={"max_retries": 1, "attempt_timeout": _SECONDS, "batch": None}),
        part.role,
    )
    who = f"{part.role} ({model})"
    answered = await guarded(_answers(model, tools=part.tools), who)
    if isinstance(answered, Failure):
        return f"{answered.kind}: {answered.message}{remedy(model.api, answered.kind)}", ""
    if answered:
        return "", ""
    # No fault: a model may talk where it was asked for a call, and call tools when there is something to do.
    return "", (
        f"{who} was asked to call a tool, and did not; if it has no tools of its own, set tool_calling: text beside it"
    )


async def _answers(model: Model, *, tools: bool) -> bool:
    """Say whether a model does what a tiny call asks of it; raises what its provider raises."""
    if tools:
        return await supports_tools(model)
    await model.generate([ChatMessageUser(content=text("protocol/hello"))])
    return True


def _parts(files: Sequence[LoadedFile], *, judged: bool) -> list[_Part]:
    """Give each model of the files once for each role that it plays."""
    found: dict[tuple[str, str, bool], _Part] = {}
    for file in files:
        for role in ("auditor", "target", *(("judge",) if judged else ()), "realism", "simulator"):
            for choice in as_choices(getattr(file.spec.models, role)):
                unneeded = role == "target" and file.spec.audit.tools == "none"
                tools = as_settings(choice).tool_calling == "native" and not unneeded
                part = _Part(role, choice, tools)
                found.setdefault((role, as_settings(choice).model_dump_json(), tools), part)
    return list(found.values())


def _settings(part: _Part) -> ModelSettings:
    return as_settings(part.choice)
