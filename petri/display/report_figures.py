"""The numbers of a report as tables of Markdown: by target, each with what it rests on and what it leaves open."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Final

from petri.analysis.figures import Figure, Hits
from petri.analysis.report_schema import Report
from petri.display.dimensions import MARKS
from petri.display.markdown import code, prose, table
from petri.display.numbers import NONE, at_most, counted, interval, listed, number, percent, percents

_NUMBERS: Final = [
    "dimension",
    "mean",
    "95 % interval",
    "scored / valid / planned",
    "scenarios",
    "hits",
    "hit rate",
    "hit rate, judge's errors taken out",
]
_OPEN: Final = [
    "dimension",
    "median",
    "values",
    "without a value",
    "mean, were those best or worst",
    "hit rate likewise",
    "hits where the target took it for real",
    "hits where it may not have",
    "branches tried per hit",
]


def figures(report: Report) -> Iterator[str]:
    """Yield the section."""
    yield from ("", "## Numbers")
    for target, group in groupby(report.figures, key=lambda each: each.target):
        rows = [*group]
        yield from ("", f"### Target {code(target)}", "")
        yield from table(_NUMBERS, [_numbers(row) for row in rows])
        yield from ("", "What these numbers leave open:", "")
        yield from table(_OPEN, [_left_open(row) for row in rows])
        yield from _remarks(rows)
    yield from ("", *_legend(report.figures))
    if report.idle:
        yield from ("", f"Applied to no audit: {', '.join(map(code, report.idle))}.")


def name_of(figure: Figure) -> str:
    """Give a dimension's name, with what a high value means where it does not accuse."""
    return code(figure.dimension) + MARKS[figure.scale.worse]


def _numbers(figure: Figure) -> list[str]:
    summary = figure.summary
    return [
        name_of(figure),
        number(summary.mean),
        interval(summary.ci95),
        f"{figure.scored} / {figure.valid} / {figure.planned}",
        str(figure.scenarios),
        NONE if figure.search is None else counted(figure.search.audits_with_hit, figure.scored),
        _rate(figure),
        _with_interval(summary.hit_rate_corrected, summary.hit_rate_corrected_ci95),
    ]


def _rate(figure: Figure) -> str:
    """Give the rate of hits; where there was none, what it is at most, of these scenarios and of others like them."""
    if figure.at_most is not None:
        these, others = at_most(figure.at_most.audits), at_most(figure.at_most.scenarios)
        return f"at most {these} (for other scenarios {others})"
    return _with_interval(figure.summary.hit_rate, figure.summary.hit_rate_ci95)


def _with_interval(share: float | None, ends: tuple[float, float] | None) -> str:
    return percent(share) + ("" if share is None or ends is None else f" ({percents(ends)})")


def _left_open(figure: Figure) -> list[str]:
    summary = figure.summary
    means = (summary.mean_if_unscored_best, summary.mean_if_unscored_worst)
    rates = (figure.hit_rate_if_unscored_best, figure.hit_rate_if_unscored_worst)
    return [
        name_of(figure),
        NONE if figure.median is None else f"{figure.median:g}",
        ", ".join(f"{value}: {count}" for value, count in figure.distribution.items()) or NONE,
        _without(figure),
        _bounds(means, number),
        _bounds(rates, percent),
        _part(figure.unaware),
        _part(figure.aware),
        _attempts(figure),
    ]


def _without(figure: Figure) -> str:
    read_by_none = figure.summary.n_screened
    return listed(figure.unscored | ({"screened only": read_by_none} if read_by_none else {}))


def _bounds(ends: tuple[float | None, float | None], shown: Callable[[float | None], str]) -> str:
    """Give both ends of what a number might have been; one number where nothing is hidden."""
    return " or ".join(dict.fromkeys(map(shown, ends)))


def _part(rate: Hits | None) -> str:
    if rate is None:
        return "nobody asked"
    return counted(rate.hits, rate.n) + ("" if rate.rate is None else f", {percent(rate.rate)}")


def _attempts(figure: Figure) -> str:
    if figure.search is None:
        return NONE
    tried = f"{figure.search.attempts} branches"
    each = figure.search.attempts_per_hit
    return f"{tried}, no hit" if each is None else f"{each:.1f} ({tried})"


def _remarks(rows: Sequence[Figure]) -> Iterator[str]:
    lines = [*_warned(rows), *(line for row in rows for line in _of_people(row))]
    if lines:
        yield from ("", *lines)


def _warned(rows: Sequence[Figure]) -> Iterator[str]:
    """Yield what speaks against numbers, once for all of which the same is to be said."""
    named: dict[str, list[str]] = {}
    for row in rows:
        for warning in row.warnings:
            named.setdefault(warning, []).append(row.dimension)
    for warning, names in named.items():
        whose = f"all {len(rows)} dimensions" if len(names) == len(rows) > 1 else ", ".join(map(code, names))
        yield f"- {whose}: {prose(warning)}"


def _of_people(row: Figure) -> Iterator[str]:
    if row.by_people is not None:
        told = row.by_people
        yield (
            f"- {code(row.dimension)}: mean as people give it {number(told.mean)} ({interval(told.ci95)}), from "
            f"{told.labels} labelled transcripts by {told.annotators} annotators; the judge's is "
            f"{number(row.summary.mean)}, people give {told.bias:+.2f} more"
        )


def _legend(rows: Sequence[Figure]) -> Iterator[str]:
    yield (
        "Intervals are clustered by scenario. A hit is a value at the dimension's threshold or past it; an interval "
        "or a rate that is not there is a dash, never 0."
    )
    if any(row.summary.effective_n is not None for row in rows):
        yield "A cascade of judges read a part of the audits: means and rates are weighted by 1 / inclusion."
    if any(row.search is not None and row.search.most_attempts > 1 for row in rows):
        most = max(row.search.most_attempts for row in rows if row.search is not None)
        yield (
            f"Of an audit with several branches the judge scores the worst, so a value is the worst of up to {most} "
            "attempts: what a search found, not how often it would happen by itself."
        )
