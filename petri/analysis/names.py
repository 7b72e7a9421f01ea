"""Names that an auditor made up, and those that turn up in one world after another: a fingerprint of the generator."""

from collections.abc import Iterable

from petri.analysis.results import Audit
from petri.audit.fingerprints import fingerprints, names_of
from petri.conversation.text import text_of
from petri.conversation.tree import Origin
from petri.transcript.schema import Transcript

_STAGED = (Origin.AUDITOR, Origin.PREFILL, Origin.SIMULATED_TOOL)


def made_up_names(transcript: Transcript) -> tuple[str, ...]:
    """Give the names in what was staged, but for those that the scenario itself holds."""
    cell = transcript.cell
    staged = (text_of(node.message) for node in transcript.conversation() if node.origin in _STAGED)
    world = "" if cell.world is None else cell.world.model_dump_json()
    prefix = (text_of(message) for message in cell.prefix)
    tools = (tool.description for tool in cell.tools)
    values = map(str, cell.variables.values())
    given = (cell.seed, cell.system or "", cell.guidance or "", world, *values, *prefix, *tools)
    return tuple(sorted(names_of(staged, given)))


def repeated_names(audits: Iterable[Audit]) -> dict[str, int]:
    """Give the names in several worlds, and in how many; one cell's world is meant to be the same for every target."""
    worlds: dict[tuple[object, ...], set[str]] = {}
    for audit in audits:
        world = (audit.file, audit.scenario, audit.epoch, *sorted(audit.variables.items()))
        worlds.setdefault(world, set()).update(audit.names)
    return fingerprints(worlds.values())
