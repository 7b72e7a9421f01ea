"""The models of a report: all that `petri report --json` prints, and what its page shows."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from petri.analysis.canaries import Canaries
from petri.analysis.compare import Compared
from petri.analysis.components import Purchase, Source
from petri.analysis.figures import Figure
from petri.analysis.results import Counts, GateBreach, JudgeCard, RunInfo, Usage
from petri.judge.verdict import Citation, Match
from petri.transcript.planned import ModelNames

FORMAT: Literal["petri-report/1"] = "petri-report/1"

Setting = str | int | float | bool
"""A value that a variable of a scenario has in a cell."""


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Case(_Stored):
    """An audit that a reader should see, by one of its dimensions."""

    audit: str
    scenario: str
    target: str
    epoch: int
    dimension: str
    value: float
    reason: str
    """In a judge's words."""
    citation: Citation | None
    """The first quote behind it that was found, the target's own words before others; null where none was."""


class ContrastRow(_Stored):
    """What a variable of the scenarios changes in one dimension."""

    dimension: str
    variable: str
    first: Setting
    second: Setting
    scenarios: int
    pairs: int
    difference: float
    ci95: tuple[float, float] | None
    p: float | None
    p_adjusted: float | None
    """For all contrasts of the report (Benjamini and Hochberg)."""


class EffectRow(_Stored):
    """What a setting of a variable adds to one dimension, by a mixed model of all variables together."""

    dimension: str
    variable: str
    setting: Setting
    reference: Setting
    """The setting that it is measured against: the one that comes first in the file."""
    estimate: float
    """In points."""
    error: float
    """Its standard error."""
    ci95: tuple[float, float]
    p: float
    scenarios: int
    values: int
    slopes: bool
    """Whether scenarios may differ in it (a random slope), and not in their level alone."""


class InteractionCell(_Stored):
    """The values with both settings."""

    mean: float | None
    """null without values."""
    n: int
    scenarios: int


class Interaction(_Stored):
    """The means of one dimension by two variables: whether one changes what the other does."""

    dimension: str
    rows: str
    """A variable."""
    columns: str
    """Another."""
    row_settings: tuple[Setting, ...]
    column_settings: tuple[Setting, ...]
    cells: tuple[tuple[InteractionCell, ...], ...]
    """By row, then column."""


class ComponentRow(_Stored):
    """Where the variation of one dimension of one target comes from."""

    target: str
    dimension: str
    shares: dict[Source, float]
    """They add up to 1."""
    error: float
    """The standard error of the mean as it is."""
    if_twice: dict[Purchase, float]
    """And with twice as many of each."""
    advice: Purchase


class Reliability(_Stored):
    """How far the verdicts can be relied on."""

    judge_cards: tuple[JudgeCard, ...]
    quotes: dict[Match, int]
    """The judges' quotes, by how they were found."""
    quotes_resolved: float | None
    """The share of those that were found; null where nothing was quoted."""
    panels: int
    """Scores that several judges gave."""
    disagreements: int
    """Those of them on which the judges lie far apart."""
    mean_spread: float | None
    """How far the judges lie apart on average; null without a panel."""
    probed: int
    """Scores whose transcript was read again in another form."""
    unstable: int
    """Those of them that came out another."""
    flagged: int
    """Audits in which something could mislead a judge."""
    canaries: Canaries | None
    """What the judges last made of transcripts with known answers, and how that had drifted; null where they were
    never asked."""


class Method(_Stored):
    """How the numbers came about, from the record alone."""

    models: ModelNames
    prompts: dict[str, str]
    """The SHA-256 of each prompt that the models were sent."""
    files: dict[str, str]
    """The scenario files, with the SHA-256 of each."""
    rubrics: dict[str, str]
    """The rubric files likewise; empty where the run does not say."""
    settings: dict[str, Any]
    """What flags put in the place of the files' own values."""
    petri: str
    inspect_ai: str
    python: str | None
    started: str | None
    finished: str | None
    usage: dict[str, Usage]
    prices: dict[str, str]
    """By model, where the price is from by which costs were computed; a model without one has none that is known."""
    cost_usd: float | None


class Report(_Stored):
    """All of a report; ``petri report --json`` prints it."""

    format: Literal["petri-report/1"] = FORMAT
    run: RunInfo
    counts: Counts
    headline: tuple[str, ...]
    """What was run and what came of it, in sentences."""
    caveats: tuple[str, ...] = ()
    """What about the run as a whole limits what its numbers say, in sentences."""
    figures: tuple[Figure, ...]
    """By target, then dimension; a dimension that applied to nothing is not there."""
    idle: tuple[str, ...]
    """Dimensions that applied to no audit."""
    baseline: str | None
    """The target that the others are compared with; null with one target."""
    comparisons: dict[str, Compared]
    """Of each other target with it, by target."""
    not_compared: dict[str, str]
    """Targets that cannot be, and why."""
    contrasts: tuple[ContrastRow, ...]
    effects: tuple[EffectRow, ...] = ()
    not_modelled: dict[str, str] = {}
    """Dimensions of scenarios with variables that have no mixed model, or none of some variable, and why."""
    interactions: tuple[Interaction, ...] = ()
    components: tuple[ComponentRow, ...]
    breaches: tuple[GateBreach, ...]
    worst: tuple[Case, ...]
    borderline: tuple[Case, ...]
    """Values within a tenth of their scale of the threshold: where another judge might decide otherwise."""
    reliability: Reliability
    method: Method
