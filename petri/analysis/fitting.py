"""Linear mixed models, fitted by statsmodels: the one place that knows it. It is loaded with the first fit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray
from scipy.optimize import minimize

_LIBRARY: Final = "statsmodels.regression.mixed_linear_model"
"""By name: it takes more than a second to load, and has no types."""
_RANGE: Final = (1e-6, 1e4)
"""Between these a variance is looked for, as a multiple of the residual's."""
_NOTHING: Final = 1e-4
"""What is below this is no variance: the best fit lies at the edge of what a variance can be."""

ABSENT: Final = -1
"""The level of a variable that an observation does not have."""


@dataclass(frozen=True, slots=True)
class Design:
    """What is to be explained, and by what; a row an observation."""

    values: NDArray[np.float64]
    fixed: NDArray[np.float64]
    """Columns of fixed effects, the constant among them; none follows from the others."""
    groups: NDArray[np.int64]
    """Each group has a level of its own (a random intercept)."""
    slopes: tuple[NDArray[np.int64], ...]
    """For each variable that groups may answer to differently: its levels, counted from 0, or ``ABSENT``."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What came of it."""

    estimates: NDArray[np.float64]
    """Of the fixed effects."""
    errors: NDArray[np.float64]
    """Their standard errors."""
    intercept: float
    """The variance of groups' levels."""
    slopes: tuple[float, ...]
    """Of each variable, the variance of what a group adds to each of its levels."""
    residual: float

    def is_nothing(self, variance: float) -> bool:
        """Whether a variance lies on the edge of what it can be."""
        return variance < _NOTHING * self.residual


def fit(design: Design) -> Fit | str:
    """Fit by restricted maximum likelihood (Patterson and Thompson 1971); give why it failed where it did.

    A group's part of a level is drawn anew for each level of each variable, all with one variance: a random slope of
    compound symmetry, for which it makes no difference which level is the reference. The likelihood is statsmodels'
    (MixedLM). Its own search does not end where the best variance is 0, as is common with few groups; ours is
    SciPy's L-BFGS-B over the logarithms of the variances, within bounds. The fixed effects and their errors are those
    of generalised least squares with the variances that were found.
    """
    model = _model(design)

    def loss(logarithms: NDArray[np.float64]) -> float:
        return -float(model.loglike(np.exp(logarithms / 2)))

    count = 1 + len(design.slopes)
    bounds = [(math.log(_RANGE[0]), math.log(_RANGE[1]))] * count
    try:
        found = minimize(loss, np.zeros(count), method="L-BFGS-B", bounds=bounds)
        if not found.success:
            return f"it did not converge ({str(found.message).lower()})"
        return _solved(design, np.exp(found.x).tolist())
    except LinAlgError as error:
        return f"its equations are singular ({str(error).lower()})"


def _model(design: Design) -> Any:
    """Give statsmodels' model; every random effect is a component of its own, the groups' level the first."""
    library: Any = import_module(_LIBRARY)
    drawn = [np.zeros_like(design.groups), *design.slopes]
    columns = [_columns(design, levels) for levels in drawn]
    names = [[[str(n) for n in range(each.shape[1])] for each in of_all] for of_all in columns]
    components = library.VCSpec([str(number) for number in range(len(drawn))], names, columns)
    model = library.MixedLM(design.values, design.fixed, groups=design.groups, exog_vc=components)
    model.cov_pen = None  # no penalty; the likelihood asks for it, and its own search alone would set it
    return model


def _columns(design: Design, levels: NDArray[np.int64]) -> list[NDArray[np.float64]]:
    """Give for each group which of its observations are at which level."""
    told = np.eye(int(levels.max()) + 2)[levels][
        :, :-1
    ]  # ABSENT is the last row, and its column is not needed
    return [told[design.groups == group] for group in np.unique(design.groups)]


def _solved(design: Design, variances: Sequence[float]) -> Fit:
    """Give the fixed effects by generalised least squares; the variances are known as multiples of the residual's."""
    count, size = design.fixed.shape
    product = np.zeros((size + 1, size + 1))
    for group in np.unique(design.groups):
        ours = design.groups == group
        table = np.column_stack([design.fixed[ours], design.values[ours]])
        spread = np.eye(len(table)) + variances[0]
        for variance, levels in zip(variances[1:], design.slopes, strict=True):
            mine = levels[ours]
            spread += variance * ((mine[:, None] == mine) & (mine != ABSENT))
        product += table.T @ np.linalg.solve(spread, table)
    covariance = np.linalg.inv(product[:-1, :-1])
    estimates = covariance @ product[:-1, -1]
    residual = float(product[-1, -1] - product[-1, :-1] @ estimates) / (count - size)
    errors = np.sqrt(residual * np.diag(covariance))
    intercept, *slopes = (residual * variance for variance in variances)
    return Fit(estimates, errors, intercept, tuple(slopes), residual)
