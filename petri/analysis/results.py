"""results.json: its models, and how a run's logs become one."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from petri.analysis.agreement import Estimate
from petri.analysis.calibration_card import Rate
from petri.judge.verdict import Citation, Match, Status, Variant
from petri.rubric.schema import Scale
from petri.transcript.defusing import Flag
from petri.transcript.estimated import RunEstimate
from petri.transcript.planned import FileDigest, ModelNames
from petri.transcript.schema import ErrorRecord
from petri.transcript.scorecard import Scorecard

FORMAT: Literal["petri-results/1"] = "petri-results/1"


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class RunInfo(_Stored):
    """The run as a whole."""

    id: str
    """The name of the run's folder."""
    started: str | None
    """In UTC."""
    finished: str | None
    """In UTC; null while a log is unfinished."""
    status: Literal["complete", "incomplete", "interrupted", "limit"]
    """How the run ended."""
    petri: str
    """The version of Petri that ran it."""
    inspect_ai: str
    """The version of Inspect that ran it."""
    files: tuple[FileDigest, ...]
    """The scenario files."""
    prompts: dict[str, str]
    """The SHA-256 of each prompt that the models were sent."""
    error: str | None
    """What stopped a log as a whole, with secrets removed; null where nothing did."""
    exit_code: int
    """What the command that ran it exits with."""


class Counts(_Stored):
    """What became of every planned audit: ``planned = valid + sum(invalid) + sum(error) + pending``."""

    planned: int
    """All audits of the run."""
    valid: int
    """Audits whose target spoke and which ended as they should, or at a limit."""
    invalid: dict[str, int]
    """By outcome."""
    error: dict[str, int]
    """By kind."""
    pending: int
    """Audits of which nothing is recorded."""


class JudgeScore(_Stored):
    """One judge's score on one dimension."""

    judge: str
    """The judge's model."""
    value: float | None
    """null unless the status is scored."""
    status: Status
    """Whether there is a value, and otherwise why not."""
    reason: str = ""
    """In the judge's words; of a judge that failed, what went wrong."""
    seat: int = 0
    """The judge's place on the panel; one model may have several."""
    repeat: int = 1
    """Which of this judge's verdicts, counted from 1."""


class ProbeScore(_Stored):
    """One dimension of a suspicious transcript that was read again in another form."""

    value: float | None
    """Like that of the first reading; null unless the status is scored."""
    status: Status
    """Whether there is a value, and otherwise why not."""
    failed: int = 0
    """Judges of which nothing can be said: they could not be asked again, or gave nothing that could be read."""


class AuditScore(_Stored):
    """One dimension of one audit; ``value`` is null unless ``status`` is scored."""

    value: float | None
    """The median of the judges that scored it, of each of them the median of its repeats."""
    status: Status
    """Whether there is a value, and otherwise why not."""
    judges: tuple[JudgeScore, ...]
    """What each judge said."""
    citations: tuple[Citation, ...]
    """The quotes of all judges."""
    attempt: int | None = None
    """Of the audit's branches, in order of appearance, the one by which all cited words of the target's were said."""
    spread: float | None = None
    """How far the judges' values lie apart; null with fewer than two."""
    unsteadiness: float | None = None
    """How far the repeats of one judge lie apart, at most; null without repeats."""
    disagreement: bool = False
    """Whether the judges lie so far apart that a person should look."""
    probes: dict[Variant, ProbeScore] = {}
    """Of a suspicious transcript: what the judges said when it was read again, without what is suspicious in it
    (`redacted`) and with other labels (`renamed`). Empty where it was not."""
    unstable: bool = False
    """Whether the value is another in one of them, so that a person should look; a probe that failed never says so."""
    measured: str | None = None
    """Of the scenario's own checks: the answers that were counted; null for what judges score."""
    inclusion: float | None = None
    """The probability with which the panel read for it; null without a cascade."""
    screener: JudgeScore | None = None
    """What the first judge of a cascade said, on which the value never rests."""


class Screened(_Stored):
    """What the first judge of a cascade made of an audit as a whole."""

    judge: str
    """The screener's model."""
    flagged: tuple[str, ...]
    """Why the panel had to read it; empty where it did not have to."""
    drawn: bool
    """Whether the panel read it."""
    inclusion: float
    """The probability with which it came to that: 1 where it is flagged."""


class Usage(_Stored):
    """Calls and tokens of one role."""

    calls: int = 0
    """Calls that were answered; 0 where nobody counted them."""

    input_tokens: int = 0
    """Read, without those from a cache."""
    output_tokens: int = 0
    """Written."""
    cache_read: int = 0
    """Read from the provider's cache."""
    cache_write: int = 0
    """Written to the provider's cache."""


class Audit(_Stored):
    """One planned audit and what became of it."""

    id: str
    """Follows from the cell, the target and the epoch: the same audit has the same id in every run."""
    scenario: str
    """The scenario's id."""
    file: str
    """The scenario's file."""
    epoch: int
    """Which repeat of the cell, counted from 1."""
    target: str
    """The target's model, and in brackets what was set for it."""
    variables: dict[str, str | int | float | bool]
    """The values that this cell has."""
    outcome: str
    """How the audit ended."""
    reason: str | None = None
    """Why it ended so, in the auditor's or the judge's words or ours; null where nobody said."""
    max_turns: int | None = None
    """Target turns that the audit might have had; null where nothing is recorded."""
    target_turns: int
    """Target turns on the longest branch."""
    branches: int
    """How many branches end with a message by the target."""
    auditor: Scorecard | None = None
    """How the auditor did, computed without a model; null where nothing is recorded."""
    names: tuple[str, ...] = ()
    """Names of people and companies that the auditor made up."""
    scores: dict[str, AuditScore]
    """By dimension; empty where nothing was judged."""
    screened: Screened | None = None
    """What the first judge of a cascade made of it; null without one."""
    quotes: dict[Match, int] = {}
    """The judges' quotes, by how they were found in the transcript."""
    quotes_resolved: float | None = None
    """The share of those that were found; null where nothing was quoted."""
    flags: dict[str, tuple[Flag, ...]] = {}
    """What in the transcript could mislead a judge, by message; found without a model."""
    usage: dict[str, Usage]
    """By role."""
    cost_usd: float | None
    """null = not known, never 0."""
    error: ErrorRecord | None
    """null unless the outcome is error."""
    log: str | None
    """The Inspect log that holds it; null where none does."""

    @property
    def cluster(self) -> str:
        """What tells its scenario from all others: the unit of inference, for audits of one are alike."""
        return f"{self.file}\0{self.scenario}"


class GateBreach(_Stored):
    """A score past a gate, or a number of a target's summary."""

    audit: str | None
    """null where the gate is on a number of all audits of a target, such as a rate."""
    target: str | None = None
    """The target that was audited."""
    gate: str
    """As it is written, such as `sycophancy>=7` or `deception.hit_rate>0.1`."""
    value: float


class UndecidedGate(_Stored):
    """A gate on a number that is null, as where nothing was scored; that is no pass, and the run is incomplete."""

    gate: str
    """As it is written, such as `deception.hit_rate>0.1`."""
    target: str
    """Of which target it cannot be decided."""
    reason: str
    """Why there is no number."""


class KnownErrors(_Stored):
    """How far a judge agrees with people on one dimension, as its card has it."""

    n: int
    """Transcripts with a label and a value."""
    kappa: Estimate
    """Of the judge with each label, quadratically weighted."""
    sensitivity: Rate | None
    """Of the transcripts that people call hits, the part that the judge finds; null without threshold."""
    specificity: Rate | None
    """Of the others, the part that it leaves alone."""


class JudgeCard(_Stored):
    """What is known of the errors of one judge of the run, or of its panel as a whole."""

    judge: str
    """The judge's model; of a panel, all of them joined by ` + `."""
    status: Literal["calibrated", "other prompts", "other rubric", "unreadable", "uncalibrated"]
    """Whether there is a card, and whether it holds for this run: one that was made with other prompts, or with another
    rubric, does not."""
    card: str | None
    """The file that holds it, below the folder of runs; null where there is none with this rubric."""
    dimensions: dict[str, KnownErrors] = {}
    """What it says, by dimension; those that nobody has labelled are not there."""


class DimensionSummary(_Stored):
    """One dimension over all valid audits that were asked for it."""

    scale: Scale
    """As the rubric has it."""
    threshold: int | None
    """As the rubric has it; null where there is none, and so no hits."""
    n_valid: int
    """Valid audits that were asked for it."""
    n_scored: int
    """Those of them that have a value."""
    n_screened: int = 0
    """Those that only the screener of a cascade read, and the panel, by the draw, did not: ``n_valid`` is ``n_scored``,
    ``unscored`` and these. What was drawn stands for them, so that they are not missing."""
    effective_n: float | None = None
    """As many audits that all were read would say as much: (sum of weights)² / sum of squares; null without a
    cascade."""
    unscored: dict[str, int]
    """How many valid audits have no value, by status."""
    judge_failures: dict[str, int]
    """How often a judge of a panel gave no value where another did, by status."""
    disagreements: int = 0
    """Audits on which the judges lie so far apart that a person should look."""
    unstable: int = 0
    """Audits whose value is another when the transcript is read again."""
    probes_failed: int = 0
    """Audits that a judge could not read again: whether their value holds is not known."""
    effective_judges: float | None = None
    """How many independent judges the panel is worth; null where it cannot be told."""
    mean: float | None
    """Of the values there are; of a cascade, weighted by 1 / ``inclusion``, and null where nothing was drawn of what
    the screener did not flag."""
    ci95: tuple[float, float] | None
    """Clustered by scenario; null where undefined."""
    hit_rate: float | None
    """The part of the values at or past the threshold; weighted as the mean is."""
    hit_rate_ci95: tuple[float, float] | None
    """Clustered by scenario."""
    hit_rate_corrected: float | None = None
    """With the judge's known errors taken out, not clipped: below 0, errors alone explain the hits. null without a card
    that holds for this run and tells the judge from chance."""
    hit_rate_corrected_ci95: tuple[float, float] | None = None
    """Takes into account that the judge's errors are estimates too; not clipped."""
    mean_if_unscored_worst: float | None
    """With every hidden value at the worse end of the scale."""
    mean_if_unscored_best: float | None
    """With every hidden value at the better end of the scale."""

    @property
    def rated(self) -> bool:
        """Whether a value can be a hit."""
        return self.threshold is not None and self.scale.worse != "none"

    def is_hit(self, value: float) -> bool:
        """Say whether a value is at the threshold or past it; never where none can be."""
        return self.scale.is_past(value, self.threshold)


class Results(_Stored):
    """All that a run's logs say, in numbers, with everything that gave no number counted beside it."""

    format: Literal["petri-results/1"] = FORMAT
    """What this file is, and in which version."""
    run: RunInfo
    models: ModelNames
    counts: Counts
    breaches: tuple[GateBreach, ...]
    """Every score past a gate of `--fail-on` or `expect`, and every number of a target past a gate on it."""
    undecided: tuple[UndecidedGate, ...] = ()
    """Gates on a number that is null; with one the run is incomplete."""
    audits: tuple[Audit, ...]
    """Every planned audit, in the order planned."""
    dimensions: dict[str, DimensionSummary]
    """Every dimension that was scored, by name; over all targets together."""
    targets: dict[str, dict[str, DimensionSummary]]
    """The same for each target on its own, by its name."""
    judge_cards: tuple[JudgeCard, ...] = ()
    """What is known of the errors of each judge that gave scores, and of each panel of several."""
    rubric: str = ""
    """The digest of the dimensions that judges scored, as judge cards and annotations have it."""
    meanings: dict[str, str] = {}
    """The SHA-256 of each dimension, with every word of it: verdicts by another wording are another measurement."""
    repeated_names: dict[str, int] = {}
    """Names made up in the worlds of several cells or epochs, and in how many: a target could know the tool by them."""
    usage: dict[str, Usage]
    """Calls and tokens of all audits, by role."""
    estimate: RunEstimate | None = None
    """What was expected before the run, as run.json has it."""
    cost_usd: float | None
    """Of all audits together; null = not known, never 0."""
