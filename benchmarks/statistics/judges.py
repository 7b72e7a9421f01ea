"""Judges that err, and values that are missing: whether what is put right is right."""

from collections.abc import Sequence
from itertools import product
from typing import Final

import numpy as np

from benchmarks.statistics.intervals import Table, covered, flat, percent, row_chance
from benchmarks.statistics.worlds import HIT, SHARES, one_side, true_mean, true_rate
from petri.analysis.calibrated_rate import Measured, correct_rate
from petri.analysis.predicted import Judged, Labelled, predict
from petri.analysis.stats import Interval, clustered_mean_interval, effective_rate

_JUDGES: Final = ((0.95, 0.95), (0.85, 0.90), (0.70, 0.95))
"""Sensitivity and specificity."""
_LABELS: Final = ((40, 100), (100, 200))
"""Labelled transcripts that are hits, and that are not."""
_SEEN: Final = _JUDGES[1]


def corrected(runs: int) -> Table:
    """Rates corrected for known errors: bias and coverage, beside the raw rate's."""
    rows: list[tuple[str, ...]] = []
    for rate, judge, labels in product((0.05, 0.15, 0.4), _JUDGES, _LABELS):
        chance = np.random.default_rng(
            [7, round(100 * rate), *(round(100 * each) for each in judge), *labels]
        )
        estimates, intervals, raw = list[float](), list[Interval | None](), list[float]()
        for _ in range(runs):
            seen = int(chance.binomial(300, rate * judge[0] + (1 - rate) * (1 - judge[1])))
            found = [
                int(chance.binomial(size, part)) / size for size, part in zip(labels, judge, strict=True)
            ]
            known = [Measured(part, size) for part, size in zip(found, labels, strict=True)]
            told = correct_rate(Measured(seen / 300, 300), *known)
            raw.append(seen / 300)
            if told is not None:
                estimates.append(told.rate)
                intervals.append(told.interval)
        held, _ = covered(intervals, rate)
        row = (percent(rate), f"{judge[0]:.2f} {judge[1]:.2f}", f"{labels[0]} {labels[1]}")
        rows.append((*row, percent(float(np.mean(raw))), percent(float(np.mean(estimates))), held))
    about = (
        "300 transcripts, a judge with these errors, and so many labelled hits and others to know them by."
    )
    columns = ("true rate", "Se Sp", "labels", "raw, mean", "corrected, mean", "coverage")
    return Table("Corrected hit rates", about, columns, tuple(rows))


def corrected_clusters(runs: int) -> Table:
    """Corrected rates of audits that come in scenarios, as a run has them."""
    rows: list[tuple[str, ...]] = []
    for shares, sizes, icc in product(
        ("middling", "mostly 1", "two humps"), ((10, 3), (20, 3), (40, 3)), (0.0, 0.3, 0.7)
    ):
        chance = row_chance(shares, sizes, icc)
        estimates, intervals, truth = list[float](), list[Interval | None](), true_rate(shares)
        for _ in range(runs):
            values, names = flat(one_side(chance, shares, sizes, icc))
            hit = np.asarray(values) >= HIT
            seen = chance.random(len(hit)) < np.where(hit, _SEEN[0], 1 - _SEEN[1])
            known = [
                Measured(int(chance.binomial(size, part)) / size, size)
                for size, part in zip(_LABELS[1], _SEEN, strict=True)
            ]
            told = correct_rate(Measured(*effective_rate(seen.tolist(), names)), *known)
            if told is not None:
                estimates.append(told.rate)
                intervals.append(told.interval)
        held, _ = covered(intervals, truth)
        bias = f"{100 * (float(np.mean(estimates)) - truth):+.1f}"
        rows.append((percent(truth), str(sizes[0]), str(sizes[1]), f"{icc:g}", bias, held))
    about = (
        f"A judge with sensitivity {_SEEN[0]} and specificity {_SEEN[1]}, known by {_LABELS[1][0]} labelled hits and "
        f"{_LABELS[1][1]} others, reads audits that are alike within scenarios. Bias in points of a per cent."
    )
    columns = ("true rate", "scenarios", "epochs", "ICC", "bias", "coverage")
    return Table("Corrected hit rates of clustered audits", about, columns, tuple(rows))


def predicted(runs: int) -> Table:
    """Means put right by a random sample of labels: bias and coverage, whatever the judge is like."""
    rows: list[tuple[str, ...]] = []
    draws = ("random", "stratified")
    for shares, lenient, labelled, how in product(("middling", "mostly 1"), (0.0, 1.5), (20, 60), draws):
        chance = np.random.default_rng([9, len(shares), round(10 * lenient), labelled, draws.index(how)])
        estimates, intervals = list[float](), list[Interval | None]()
        for _ in range(runs):
            people = one_side(chance, shares, (60, 5), 0.3)
            judge = np.clip(np.round(people - lenient + chance.normal(0, 1, people.shape)), 1, 10)
            names = flat(people)[1]
            of_judge, of_people = flat(judge)[0], flat(people)[0]
            drawn = _drawn(chance, of_judge, labelled, stratified=how == "stratified")
            told = predict(
                [Judged(name, value) for name, value in zip(names, of_judge, strict=True)],
                [Labelled(names[n], of_judge[n], of_people[n], weight) for n, weight in drawn],
            )
            if told is not None:
                estimates.append(told.mean)
                intervals.append(told.interval)
        held, _ = covered(intervals, true_mean(shares))
        rows.append(
            (
                shares,
                f"{lenient:g}",
                str(labelled),
                how,
                f"{float(np.mean(estimates)) - true_mean(shares):+.3f}",
                held,
            )
        )
    about = (
        "60 scenarios with 5 audits; the judge is too lenient by so many points; people labelled a random sample, or "
        "as many of the judge's hits as of others, each counted by the inverse of its probability."
    )
    columns = ("scores", "lenient", "labels", "drawn", "bias", "coverage")
    return Table("Prediction-powered means", about, columns, tuple(rows))


def _drawn(
    chance: np.random.Generator, of_judge: Sequence[float], count: int, *, stratified: bool
) -> list[tuple[int, float]]:
    """Draw transcripts for people, each with how many it stands for."""
    hits = np.asarray(of_judge) >= HIT
    kinds = (
        [np.flatnonzero(hits), np.flatnonzero(~hits)] if stratified and hits.any() else [np.arange(len(hits))]
    )
    found: list[tuple[int, float]] = []
    for kind in kinds:
        wanted = min(count // len(kinds), len(kind))
        found += [(int(n), len(kind) / wanted) for n in chance.choice(kind, wanted, replace=False)]
    return found


def missing(runs: int) -> Table:
    """Values that are missing the more often the worse they are: the plain mean, and the bounds."""
    rows: list[tuple[str, ...]] = []
    for shares, lost in product(SHARES, (0.1, 0.3)):
        chance = row_chance(shares, (20, 3), lost)
        plain, held, bounded = list[float](), list[Interval | None](), 0
        for _ in range(runs):
            scores = one_side(chance, shares, (20, 3), 0.3)
            gone = chance.random(scores.shape) < np.where(scores >= HIT, lost, lost / 10)
            values = [v for v, g in zip(flat(scores)[0], gone.ravel(), strict=True) if not g]
            names = [n for n, g in zip(flat(scores)[1], gone.ravel(), strict=True) if not g]
            plain.append(float(np.mean(values)))
            held.append(clustered_mean_interval(values, names))
            best = (sum(values) + int(gone.sum())) / scores.size
            worst = (sum(values) + 10 * int(gone.sum())) / scores.size
            bounded += best - 1e-9 <= float(scores.mean()) <= worst + 1e-9
        bias = float(np.mean(plain)) - true_mean(shares)
        rows.append(
            (
                shares,
                percent(lost),
                f"{bias:+.3f}",
                covered(held, true_mean(shares))[0],
                percent(bounded / runs),
            )
        )
    about = (
        "Of hits this part has no value, of other scores a tenth of it. The plain mean and its interval cannot know; "
        "the bounds, with every missing value at the best and at the worst end, hold what the mean would have been."
    )
    columns = ("scores", "hits lost", "bias of the mean", "coverage of its interval", "bounds hold")
    return Table("Informative missing values", about, columns, tuple(rows))
