"""Where the variation of scores comes from (scenarios, epochs, judges), and what to buy next. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Source = Literal["scenario", "epoch", "judge", "reading"]
"""``scenario``: how scenarios differ. ``epoch``: how audits of one cell differ. ``judge``: how much stricter one judge
is than another, throughout. ``reading``: what one judge makes of one transcript beyond that."""

Purchase = Literal["scenarios", "epochs", "judges"]

LEAST: Final = 3
"""Scenarios below which nothing is said of how they differ."""


@dataclass(frozen=True, slots=True)
class Rated:
    """One audit: its scenario, and the value of each judge of the panel, in the order of their seats."""

    scenario: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Components:
    """The variances by their sources; they are estimates, and one below 0 stands as 0."""

    variances: Mapping[Source, float]
    """Only sources that could be told apart: ``epoch`` includes ``reading`` where one judge sat."""
    scenarios: int
    audits: int
    judges: int

    @property
    def shares(self) -> Mapping[Source, float] | None:
        """Give the share of each source in the variance of one score; None where nothing varies."""
        total = sum(self.variances.values())
        return {source: each / total for source, each in self.variances.items()} if total else None

    @property
    def purchases(self) -> tuple[Purchase, ...]:
        """Give what can be advised, the cheapest first: judges only where it is known how two differ."""
        return ("judges", "epochs", "scenarios") if self.judges > 1 else ("epochs", "scenarios")

    def error(self, buy: Purchase | None = None) -> float:
        """Give the standard error of the mean over these audits, or with twice as many of something.

        It is the square root of scenario/C + epoch/A + reading/(A k) + judge/k, for C scenarios, A audits and k judges
        (Brennan 2001, "Generalizability Theory", chapter 4: judges as drawn from many).
        """
        twice = {"scenarios": (2, 2, 1), "epochs": (1, 2, 1), "judges": (1, 1, 2), None: (1, 1, 1)}[buy]
        scenarios, audits, judges = (
            count * times
            for count, times in zip((self.scenarios, self.audits, self.judges), twice, strict=True)
        )
        parts = {"scenario": scenarios, "epoch": audits, "reading": audits * judges, "judge": judges}
        return math.sqrt(sum(each / parts[source] for source, each in self.variances.items()))

    def advice(self) -> Purchase | None:
        """Say of what twice as many would make the mean most certain; of equals the cheaper; None where nothing varies.

        Twice the scenarios costs what twice the epochs costs.
        """
        if not sum(self.variances.values()):
            return None
        order = self.purchases
        return min(order, key=lambda buy: (round(self.error(buy), 9), order.index(buy)))


def components(audits: Sequence[Rated]) -> Components | None:
    """Give the components of variance, by the analysis of variance; every audit has as many values.

    Audits are nested in scenarios and crossed with judges (Searle, Casella and McCulloch 1992, chapters 3 and 4): the
    residual of audits and judges is ``reading``; judges' means give ``judge``; audits' means within scenarios, less
    their part of the residual, give ``epoch``; and scenarios' means, which may have different numbers of audits,
    ``scenario``. None with fewer than three scenarios, or where no scenario has two audits, so that scenarios and
    epochs cannot be told apart.
    """
    names = sorted({audit.scenario for audit in audits})
    if len(names) < LEAST or len(names) == len(audits):
        return None
    table = np.array([audit.values for audit in audits], dtype=float)
    count, judges = table.shape
    variances: dict[Source, float] = {}
    reading = 0.0
    if judges > 1:
        reading, strictness = _crossed(table)
        variances["judge"] = strictness
        variances["reading"] = reading
    means = table.mean(axis=1)
    within, between, size = _nested(means, [audit.scenario for audit in audits], names)
    variances["epoch"] = max(within - reading / judges, 0.0)
    variances["scenario"] = max((between - within) / size, 0.0)
    order: tuple[Source, ...] = ("scenario", "epoch", "judge", "reading")
    return Components(
        {source: variances[source] for source in order if source in variances}, len(names), count, judges
    )


def _crossed(table: NDArray[np.float64]) -> tuple[float, float]:
    """Give the variance of the residual of audits and judges, and that of judges' means."""
    count, judges = table.shape
    by_audit, by_judge, mean = table.mean(axis=1, keepdims=True), table.mean(axis=0), table.mean()
    residual = float(((table - by_audit - by_judge + mean) ** 2).sum()) / ((count - 1) * (judges - 1))
    between = count * float(((by_judge - mean) ** 2).sum()) / (judges - 1)
    return residual, max((between - residual) / count, 0.0)


def _nested(
    means: NDArray[np.float64], scenarios: Sequence[str], names: Sequence[str]
) -> tuple[float, float, float]:
    """Give the mean squares within and between scenarios, and how many audits a scenario counts as having."""
    keys = np.asarray(scenarios)
    groups = [means[keys == name] for name in names]
    total = len(means)
    within = sum(float(((group - group.mean()) ** 2).sum()) for group in groups) / (total - len(groups))
    grand = float(means.mean())
    between = sum(len(group) * (float(group.mean()) - grand) ** 2 for group in groups) / (len(groups) - 1)
    size = (total - sum(len(group) ** 2 for group in groups) / total) / (len(groups) - 1)
    return within, between, size
