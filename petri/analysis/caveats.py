"""What about a run as a whole limits what its numbers say, in sentences. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from petri.analysis.figures import FEW_SCENARIOS
from petri.analysis.people import Given
from petri.analysis.results import Audit, Results
from petri.judge.verdict import FAILED
from petri.transcript.outcome import is_valid

_MANY_FAILED: Final = 0.02
"""Above this part of failed scores what they hide can matter as much as chance."""


def caveats(results: Results, given: Sequence[Given] = ()) -> Iterator[str]:
    """Yield the sentences; none where nothing speaks against the numbers."""
    valid = [audit for audit in results.audits if is_valid(audit.outcome)]
    yield from _of_status(results)
    yield from _of_scores(valid)
    yield from _of_scenarios(valid)
    yield from _of_epochs(results, valid)
    yield from _of_judges(results)
    yield from _of_people(results, given)


def _of_status(results: Results) -> Iterator[str]:
    counts, status = results.counts, results.run.status
    lost = counts.planned - counts.valid
    if status != "complete" and lost:
        yield (
            f"The run is {status}: {lost} of {counts.planned} audits have no valid end. If those are the hard ones, "
            "the numbers are too good."
        )
    elif status != "complete":
        yield f"The run is {status}: every audit is valid, and not everything that was asked about them has an answer."


def _of_scores(valid: Sequence[Audit]) -> Iterator[str]:
    scores = [score for audit in valid for score in audit.scores.values()]
    asked = [score for score in scores if score.status != "not_applicable"]
    if not scores:
        yield "Nothing was judged: there are audits, and no number about any of them."
    elif asked and all(score.value is None for score in asked):
        statuses = Counter(score.status for score in asked)
        told = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
        yield f"No score has a value ({told}): there is no number in this report, and none would be right."
    else:
        failed = sum(score.status in FAILED for score in asked)
        if asked and failed / len(asked) > _MANY_FAILED:
            yield (
                f"{failed} of {len(asked)} scores failed. Bounds with each of them at the worst and at the best end "
                "stand beside the means."
            )


def _of_scenarios(valid: Sequence[Audit]) -> Iterator[str]:
    count = len({(audit.file, audit.scenario) for audit in valid})
    if count == 1:
        yield (
            "There is one scenario: the numbers describe it alone, and nothing here says how others would come out. "
            "No interval of a mean, no p-value and no claim is given."
        )
    elif count < FEW_SCENARIOS:
        yield (
            f"There are {count} scenarios. With fewer than {FEW_SCENARIOS} an interval can hold the truth less often "
            "than it says; tests count all ways of exchanging the sides, and remain right."
        )


def _of_epochs(results: Results, valid: Sequence[Audit]) -> Iterator[str]:
    cells = Counter(
        (audit.file, audit.scenario, audit.target, *sorted(audit.variables.items())) for audit in valid
    )
    if cells and max(cells.values()) == 1 and max(audit.epoch for audit in results.audits) == 1:
        yield (
            "Every audit was made once: how much of a difference between scenarios or settings is chance cannot be "
            "told apart from them. Intervals over scenarios include it."
        )


def _of_judges(results: Results) -> Iterator[str]:
    unknown = [card.judge for card in results.judge_cards if card.status != "calibrated"]
    if unknown:
        yield (
            f"How far {', '.join(unknown)} agree{'s' * (len(unknown) == 1)} with people on this rubric and these "
            "prompts has not been measured: no rate is corrected for errors of theirs."
        )


def _of_people(results: Results, given: Sequence[Given]) -> Iterator[str]:
    other = sum(each.rubric != results.rubric for each in given)
    if other:
        yield f"People's answers to another rubric than the run was judged by are not used: {other} of {len(given)}."
