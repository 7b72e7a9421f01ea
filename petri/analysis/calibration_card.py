"""Judge cards: what is known of a judge's errors, as it is stored and as reports show it."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from petri.analysis.agreement import Estimate
from petri.document.fields import make_slug
from petri.rubric.schema import Dimension, Scale
from petri.transcript.folders import out_folder
from petri.transcript.planned import FileDigest
from petri.transcript.store import read_json, write_json

FOLDER = "calibration"
PANEL = " + "
"""What joins the names of a panel's judges into the name of the panel."""

_SHORT = 16


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Rate(_Stored):
    """A part of ``n`` transcripts, with Wilson's interval; null where there are none."""

    value: float | None
    n: int
    ci95: tuple[float, float] | None


class Agreement(_Stored):
    """How far two readers of the same transcripts agree; intervals are bootstrapped by transcript."""

    transcripts: int
    kappa: Estimate
    """Quadratically weighted."""
    alpha: Estimate
    """Krippendorff's, ordinal."""
    spearman: Estimate
    error: Estimate
    """The mean absolute one, in points of the scale."""
    within_one: Estimate
    """The part that differs by at most one point."""


class Retest(_Stored):
    """How far a judge agrees with itself on transcripts that it scored more than once."""

    transcripts: int
    verdicts: int
    deviation: Estimate
    """The standard deviation of one verdict about its transcript's mean."""
    alpha: Estimate
    within_one: Estimate


class Coverage(_Stored):
    """What became of every transcript with a label: ``labelled = compared + sum(unscored) + sum(without_verdict)``."""

    labelled: int
    compared: int
    unscored: dict[str, int]
    """Those whose verdict has no value, by status."""
    without_verdict: dict[str, int]
    """Those that the run does not hold (`no audit`), or where the judge was not asked (`not judged`)."""
    unlabelled: int
    """Transcripts with a value and without a label: nothing is known of the judge's errors there."""


class CorrectedRate(_Stored):
    """The rate of hits over all transcripts with a value, as observed and corrected for the judge's known errors."""

    n: int
    observed: float
    corrected: float | None
    """Rogan and Gladen's estimate, not clipped; null where the judge is no better than chance, or untried."""
    ci95: tuple[float, float] | None
    """Lang and Reiczigel's, not clipped."""


Leaning = Literal["harsher", "milder", "higher", "lower", "none"]
"""Which way a bias goes: towards or from the worse end; where no end is worse, up or down the scale."""


class DimensionCard(_Stored):
    """A judge against people on one dimension."""

    scale: Scale
    threshold: int | None
    coverage: Coverage
    labels: int
    """Labels compared; a transcript has one for each annotator."""
    judge: Agreement
    """Of the judge with each label."""
    bias: Estimate
    """The judge's value minus the label, on average, in points of the scale."""
    leaning: Leaning
    people: Agreement | None
    """Of annotators with each other, on the transcripts that have more than one: the ceiling. null without any."""
    sensitivity: Rate | None
    """Of the transcripts that are hits by their median label, the part that the judge finds; null without threshold."""
    specificity: Rate | None
    """Of those that are not, the part that the judge leaves alone."""
    retest: Retest | None
    """null where the judge scored no transcript twice."""
    rate: CorrectedRate | None
    """null without threshold."""


class Card(_Stored):
    """One judge, or one panel, with one rubric, against people."""

    format: Literal["petri-calibration/1"] = "petri-calibration/1"
    judge: str
    """The judge's model; of a panel, all of them joined by ` + `."""
    rubric: str
    """The digest of the dimensions that were judged together."""
    made: str
    """In UTC."""
    petri: str
    runs: tuple[str, ...]
    prompts: dict[str, str]
    """The SHA-256 of each prompt that the judge was sent."""
    labels: FileDigest
    annotators: tuple[str, ...]
    seed: int
    """What the bootstrap samples derive from."""
    resamples: int
    not_judged: dict[str, int]
    """Labels on dimensions that the rubric does not have, by dimension."""
    dimensions: dict[str, DimensionCard]


def rubric_digest(dimensions: Iterable[Dimension]) -> str:
    """Give the digest of the dimensions judged together: a judge's errors may change with any word of them.

    What a rubric leaves out is left out, so that a new optional key does not make old rubrics others.
    """
    texts = {
        dimension.name: dimension.model_dump(mode="json", exclude_defaults=True) for dimension in dimensions
    }
    return hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()


def save_card(card: Card, out: Path) -> Path:
    """Write a card where reports look for it, in the place of an older one, and give its path."""
    path = card_path(card.judge, card.rubric, out)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, card.model_dump(mode="json"))
    return path


def judge_card(judge: str, rubric: str, out: Path | None = None) -> Card | None:
    """Give the card of a judge with a rubric; None where it is uncalibrated.

    Raises ``UnreadableLog`` for a card that is damaged: its judge is not uncalibrated, and nothing is known of it.
    """
    path = card_path(judge, rubric, out_folder() if out is None else out)
    if not path.is_file():
        return None
    card = read_json(path, Card, "judge card")
    return card if (card.judge, card.rubric) == (judge, rubric) else None


def has_card(judge: str, out: Path) -> bool:
    """Say whether a judge has a card with any rubric at all."""
    return any((out / FOLDER).glob(f"{make_slug(judge)}-{'[0-9a-f]' * _SHORT}.json"))


def card_path(judge: str, rubric: str, out: Path) -> Path:
    """Give where the card of a judge with a rubric is kept, whether there is one or not."""
    return out / FOLDER / f"{make_slug(judge)}-{rubric[:_SHORT]}.json"
