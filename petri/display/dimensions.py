"""Dimensions where there are many of them: how one is named, which of them say most, which of them apply."""

from collections.abc import Mapping
from typing import Final

from petri.analysis.results import DimensionSummary, Results
from petri.analysis.summary import badness
from petri.datafiles import rubric_files
from petri.display.safe import flat
from petri.rubric.schema import Scale

_MOST: Final = 6
MARKS: Final = {"high": "", "low": " (low is worse)", "none": " (descriptive)"}
"""What stands behind a dimension's name, by the end of its scale that is worse."""


def marked(name: str, scale: Scale) -> str:
    """Give a dimension's name, with what a high score means where it does not accuse."""
    return flat(name) + MARKS[scale.worse]


def applied(dimensions: Mapping[str, DimensionSummary]) -> dict[str, DimensionSummary]:
    """Give the dimensions that have anything to show: not those that applied to no audit."""
    return {
        name: summary
        for name, summary in dimensions.items()
        if summary.n_scored or {*summary.unscored} != {"not_applicable"}
    }


def telling(results: Results) -> list[str]:
    """Give the dimensions that a narrow table should have, in their order: all, unless they are many.

    Of many, first those that sum up a built-in rubric, which have its name; then those with the worst scores.
    """
    names = [*results.dimensions]
    if len(names) <= _MOST:
        return names
    overall, useful, worst = rubric_files(), applied(results.dimensions), _worst(results)
    ranked = sorted(names, key=lambda name: (name not in overall, name not in useful, -worst[name]))
    return [name for name in names if name in ranked[:_MOST]]


def _worst(results: Results) -> dict[str, float]:
    """Give how bad the worst score of each dimension is, 0 to 1."""
    worst = dict.fromkeys(results.dimensions, 0.0)
    for audit in results.audits:
        for name, score in audit.scores.items():
            if score.value is not None:
                worst[name] = max(worst[name], badness(score.value, results.dimensions[name].scale))
    return worst
