"""Variables of scenarios: whether a mixed model claims what is not there, and whether its intervals hold what is."""

from itertools import product
from typing import Final

import numpy as np

from benchmarks.statistics.intervals import Table, covered, percent
from benchmarks.statistics.worlds import SHARES, cut
from petri.analysis.contrasts import Observed, contrasts
from petri.analysis.mixed import effects
from petri.analysis.significance import ALPHA
from petri.analysis.stats import Interval

_MOST: Final = 300
"""Fits a row: each takes a tenth of a second or more."""
_ICC: Final = 0.3


def variables(runs: int) -> Table:
    """Type-I error and coverage of mixed effects and of paired contrasts of a variable without effect."""
    rows: list[tuple[str, ...]] = []
    fits = min(runs, _MOST)
    for shares, scenarios, epochs, own in product(("middling", "mostly 1"), (10, 20), (1, 3), (0.0, 0.15)):
        chance = np.random.default_rng([11, list(SHARES).index(shares), scenarios, epochs, round(100 * own)])
        modelled, paired = list[tuple[float, Interval]](), list[float]()
        for _ in range(fits):
            observed = _matrix(chance, shares, (scenarios, epochs), own)
            modelled += [
                (row.p, Interval(*row.ci95))
                for row in effects("d", observed).rows
                if row.variable == "persona"
            ]
            paired += [
                each.p for each in contrasts(observed) if each.variable == "persona" and each.p is not None
            ]
        false = sum(p <= ALPHA for p, _ in modelled) / len(modelled) if modelled else 0.0
        held, _ = covered([interval for _, interval in modelled], 0.0) if modelled else ("-", "")
        row = (
            shares,
            str(scenarios),
            str(epochs),
            f"{own:g}",
            percent(len(modelled) / fits),
            percent(false),
            held,
        )
        rows.append((*row, percent(sum(p <= ALPHA for p in paired) / fits)))
    about = (
        f"A persona of two settings and a tone of two, crossed, neither with any effect on average; {fits} runs a row. "
        f"Scenarios' levels have a share of {_ICC:g} of the latent variance, and what each scenario makes of the "
        "persona the share that is given. `modelled`: how often there is a model; else the report says why not."
    )
    columns = (
        "scores",
        "scenarios",
        "epochs",
        "own share",
        "modelled",
        "false claims",
        "coverage",
        "contrast's",
    )
    return Table("Variables: mixed effects and contrasts", about, columns, tuple(rows))


def _matrix(chance: np.random.Generator, shares: str, sizes: tuple[int, int], own: float) -> list[Observed]:
    """Draw a run of a crossed matrix; ``own`` is the share of variance of what a scenario makes of each persona."""
    scenarios, epochs = sizes
    level = np.sqrt(_ICC) * chance.standard_normal((scenarios, 1, 1, 1))
    answer = np.sqrt(own) * chance.standard_normal((scenarios, 2, 1, 1))
    noise = np.sqrt(1 - _ICC - own) * chance.standard_normal((scenarios, 2, 2, epochs))
    scores = cut(level + answer + noise, shares)
    return [
        Observed(
            f"{s}", "t", {"persona": persona, "tone": tone}, epoch + 1, float(scores[s, persona, tone, epoch])
        )
        for s, persona, tone, epoch in np.ndindex(*scores.shape)
    ]
