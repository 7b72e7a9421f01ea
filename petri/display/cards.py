"""What is known of the errors of a run's judges, in a line each: their cards, and the canaries."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from petri.analysis.canaries import Canaries, Drift
from petri.analysis.results import JudgeCard, KnownErrors

_WITHOUT: Final[Mapping[str, str]] = {
    "uncalibrated": "uncalibrated (petri calibrate measures its errors)",
    "other prompts": "uncalibrated (its card was made with other prompts)",
    "other rubric": "uncalibrated (its card was made with another rubric)",
    "unreadable": "its card cannot be read, so nothing is known of its errors",
}


def said_of_judges(cards: Sequence[JudgeCard]) -> list[str]:
    """Give the lines; judges of whom the same is to be said share one."""
    known: dict[str, list[str]] = {}
    for card in cards:
        known.setdefault(_said(card), []).append(card.judge)
    return [f"Judge{'s' * (len(judges) > 1)} {', '.join(judges)}: {said}" for said, judges in known.items()]


def said_of_canaries(report: Canaries) -> str:
    """Say how far off the judges were where the answers are known."""
    error = "" if report.error is None else f", off by {report.error:.2f} points on average"
    return (
        f"Canaries: {report.scored} of {report.labels} known answers have a value{error}, "
        f"{report.wrong_side} on the wrong side of the threshold"
    )


def said_of_drift(drift: Drift | None) -> str:
    """Say how the same judges' values have moved."""
    if drift is None:
        return "Drift cannot be told yet: these judges were not asked before."
    change = "" if drift.mean_change is None else f", by {drift.mean_change:+.2f} on average"
    other = "" if drift.same_prompts else " (the judge's prompts have changed since)"
    moved = f"{drift.moved} of {drift.values} values moved by more than a point{change}"
    return f"Drift since {drift.since.rpartition('/')[2]}{other}: {moved}"


def _said(card: JudgeCard) -> str:
    if card.status != "calibrated":
        return _WITHOUT[card.status]
    labelled = [errors for errors in card.dimensions.values() if errors.n]
    if not labelled:
        return "no label met a verdict of it"
    many = f"{len(labelled)} dimension{'s' * (len(labelled) != 1)}"
    return (
        f"{_kappa(labelled)} on {many}, {_ends([errors.n for errors in labelled])} labelled transcripts each"
    )


def _kappa(labelled: Iterable[KnownErrors]) -> str:
    values = [errors.kappa.value for errors in labelled if errors.kappa.value is not None]
    return f"weighted kappa {_ends(values, '.2f')}" if values else "weighted kappa undefined"


def _ends(values: Sequence[float], form: str = "") -> str:
    low, high = (f"{end:{form}}" for end in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"
