"""What earlier audits used, from the results of the runs there are: read once, cheaply, and no log is opened."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from petri.transcript.folders import RESULTS, list_runs

_MOST_BYTES: Final = 20_000_000
"""Results that are read, the newest first: a plan should not take longer than a thought."""


class _Read(BaseModel):
    """A part of results.json: what is not asked for may be anything, so that other versions can be read too."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Usage(_Read):
    input_tokens: int
    output_tokens: int
    cache_read: int = 0
    cache_write: int = 0
    calls: int = 0


class _Score(_Read):
    value: float | None
    judges: tuple[Any, ...] = ()


class _Audit(_Read):
    id: str
    file: str
    scenario: str
    target: str
    max_turns: int | None = None
    target_turns: int
    error: Any
    scores: dict[str, _Score]
    usage: dict[str, _Usage]


class _Models(_Read):
    auditor: str | None
    judge: tuple[str, ...]
    realism: str | None = None
    simulator: str | None = None


class _Results(_Read):
    models: _Models
    audits: tuple[_Audit, ...]


@dataclass(frozen=True, slots=True)
class Used:
    """What a role used in one earlier audit."""

    calls: int
    read: int
    cached: int
    stored: int
    written: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """An audit that ended, with its scores; ``verdicts`` is how many there were of it."""

    id: str
    scenario: str
    target: str
    models: Mapping[str, tuple[str, ...]]
    max_turns: int | None
    used: Mapping[str, Used]
    values: Mapping[str, float]
    dimensions: frozenset[str]
    verdicts: int


def earlier_audits(out: Path) -> tuple[Earlier, ...]:
    """Give the audits of the runs below a folder that ended without an error, those of the newest run first.

    Results that are missing or of another form tell nothing, and the estimate is no more than less exact for it.
    """
    found: list[Earlier] = []
    left = _MOST_BYTES
    for run in list_runs(out):
        path = run.folder / RESULTS
        size = path.stat().st_size if path.is_file() else 0
        if not size:
            continue
        left -= size
        if left < 0:
            break
        found += _audits(path)
    return tuple(found)


def _audits(path: Path) -> Iterator[Earlier]:
    try:
        results = _Results.model_validate(json.loads(path.read_bytes()))
    except (ValueError, ValidationError):
        return
    models = {
        "auditor": _some([results.models.auditor]),
        "judge": results.models.judge,
        "realism": _some([results.models.realism]),
        "simulator": _some([results.models.simulator]),
    }
    for audit in results.audits:
        if audit.error is None and audit.target_turns:
            yield _earlier(audit, models)


def _earlier(audit: _Audit, models: Mapping[str, tuple[str, ...]]) -> Earlier:
    return Earlier(
        id=audit.id,
        scenario=f"{audit.file}\0{audit.scenario}",
        target=audit.target,
        models={**models, "target": (audit.target,)},
        max_turns=audit.max_turns,
        used={role: _used(usage) for role, usage in audit.usage.items()},
        values={name: score.value for name, score in audit.scores.items() if score.value is not None},
        dimensions=frozenset(audit.scores),
        verdicts=max((len(score.judges) for score in audit.scores.values()), default=0),
    )


def _used(usage: _Usage) -> Used:
    return Used(
        usage.calls,
        usage.input_tokens + usage.cache_read + usage.cache_write,
        usage.cache_read,
        usage.cache_write,
        usage.output_tokens,
    )


def _some(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(name for name in names if name)
