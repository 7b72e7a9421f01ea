"""In how many calls a judge is asked for many dimensions. Pure."""

import math
from collections.abc import Iterator, Sequence
from typing import Final, Literal

from petri.rubric.schema import Dimension

Grouping = Literal["family", "one", "each"]
"""By rubric, a few small ones together and a large one in parts; everything in one call; a call for each dimension."""

MOST_TOGETHER: Final = 12
"""Dimensions that a judge is asked for in one call, where they are grouped by family."""

Groups = tuple[tuple[Dimension, ...], ...]


def make_groups(families: Sequence[Sequence[Dimension]], grouping: Grouping = "family") -> Groups:
    """Give the dimensions of each call, in order; ``families`` are the rubrics' dimensions."""
    everything = tuple(dimension for family in families for dimension in family)
    if grouping == "one":
        return (everything,)
    if grouping == "each":
        return tuple((dimension,) for dimension in everything)
    groups: list[tuple[Dimension, ...]] = []
    for part in (part for family in families for part in _parts(tuple(family))):
        if groups and len(groups[-1]) + len(part) <= MOST_TOGETHER:
            groups[-1] += part
        else:
            groups.append(part)
    return tuple(groups)


def _parts(family: tuple[Dimension, ...]) -> Iterator[tuple[Dimension, ...]]:
    """Yield a family whole, or in parts as even as can be."""
    parts = math.ceil(len(family) / MOST_TOGETHER)
    for number in range(parts):
        yield family[len(family) * number // parts : len(family) * (number + 1) // parts]
