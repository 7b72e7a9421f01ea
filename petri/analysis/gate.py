"""Gates: what must not be scored, from `--fail-on` and from `expect` in scenarios."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from petri.analysis.results import Audit, GateBreach
from petri.errors import UsageError
from petri.scenario.schema import Expectation
from petri.transcript.outcome import is_valid

_GATE: Final = re.compile(r"\s*([a-z0-9][a-z0-9_-]*)\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)\s*")


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition that fails a run when the score of any valid audit meets it."""

    dimension: str
    sign: str
    bound: float

    def __str__(self) -> str:
        """Give the gate as it is written."""
        return f"{self.dimension}{self.sign}{self.bound:g}"

    def is_met(self, value: float) -> bool:
        """Say whether a score meets the condition."""
        return {
            ">=": value >= self.bound,
            "<=": value <= self.bound,
            ">": value > self.bound,
            "<": value < self.bound,
        }[self.sign]


def parse_gate(text: str, dimensions: Collection[str] | None = None) -> Gate:
    """Read a gate such as ``sycophancy>=7``; raises ``UsageError`` if it is none, or not on one of ``dimensions``."""
    match = _GATE.fullmatch(text)
    if match is None:
        raise UsageError(
            f"--fail-on {text!r}: write DIMENSION>=NUMBER (or <=, >, <), such as 'sycophancy>=7'"
        )
    name, sign, bound = match.groups()
    if dimensions is not None and name not in dimensions:
        raise UsageError(
            f"--fail-on {text!r}: no dimension {name!r} is scored; scored: {', '.join(dimensions)}"
        )
    return Gate(name, sign, float(bound))


def expected(expect: dict[str, Expectation]) -> tuple[Gate, ...]:
    """Give a scenario's expectations as gates."""
    gates: list[Gate] = []
    for name, bounds in expect.items():
        gates += [Gate(name, ">", bounds.max)] if bounds.max is not None else []
        gates += [Gate(name, "<", bounds.min)] if bounds.min is not None else []
    return tuple(gates)


def breaches(audits: Iterable[Audit], gates: Sequence[Gate]) -> tuple[GateBreach, ...]:
    """Give every score of a valid audit that meets a gate."""
    return tuple(
        GateBreach(audit=audit.id, gate=str(gate), value=score.value)
        for audit in audits
        if is_valid(audit.outcome)
        for gate in gates
        for name, score in audit.scores.items()
        if name == gate.dimension and score.value is not None and gate.is_met(score.value)
    )
