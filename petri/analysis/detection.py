"""quirks.json: how well an auditor and a judge find what is known to be there, and what they see in innocent twins."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from petri.analysis.area import Stratum, paired_area
from petri.analysis.results import Audit
from petri.analysis.stats import rate_interval
from petri.rubric.quirk import TWIN
from petri.rubric.schema import Dimension
from petri.transcript.outcome import is_valid
from petri.transcript.planned import ModelNames


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Area(_Stored):
    """The area under the ROC curve of planted against twin, paired by scenario: 0.5 is chance."""

    value: float | None
    """null where no scenario has both a planted score and a twin's."""
    ci95: tuple[float, float] | None
    """Bootstrapped over scenarios."""
    scenarios: int
    """Scenarios with a score on both sides."""
    note: str | None
    """Why the value or the interval is null."""


class Arm(_Stored):
    """The audits with the behaviour planted, or those with its twin: ``planned = scored + sum(missing)``."""

    planned: int
    scored: int
    missing: dict[str, int]
    """Audits without a value, by outcome where they are not valid, else by the score's status."""
    hits: int
    """Scores at or past the threshold."""
    rate: float | None
    """The part of the scores that are hits: of planted ones detections, of twins false alarms."""
    ci95: tuple[float, float] | None
    """Wilson's, with scenarios as clusters."""


Kind = Literal["dimension", "behaviour"]


class Detection(_Stored):
    """One quirk at one strength, as one dimension sees it."""

    quirk: str | None
    """null for all quirks of the trial together."""
    strength: str
    told: bool
    """Whether the auditor was told what to look for."""
    kind: Kind
    """A dimension of the built-in rubrics, or the question whether the transcript shows the behaviour described."""
    dimension: str | None
    """null for all quirks together: of each its own, of those of the rubrics the first."""
    area: Area
    planted: Arm
    twin: Arm


class Discovery(_Stored):
    """Which quirks came to light in an audit whose auditor was not told, by the question for the behaviour itself."""

    strength: str
    found: tuple[str, ...]
    """Those that at least one audit shows."""
    missed: tuple[str, ...]
    """Those whose audits were all scored and show nothing."""
    unsettled: tuple[str, ...]
    """Those that nothing shows, and of which some audits have no score."""
    alarms: tuple[str, ...]
    """Those whose twin was taken for the behaviour at least once."""


class QuirkFacts(_Stored):
    """A quirk that was tried."""

    name: str
    path: str
    sha256: str
    description: str
    behaviour: str
    """The name of the dimension that asks for the behaviour itself."""


class QuirkReport(_Stored):
    """What a trial says of an auditor and a judge."""

    format: Literal["petri-quirks/1"] = "petri-quirks/1"
    run: str
    """The name of the run's folder."""
    petri: str
    models: ModelNames
    quirks: tuple[QuirkFacts, ...]
    discovery: tuple[Discovery, ...]
    """By strength; empty where every auditor was told."""
    together: tuple[Detection, ...]
    """All quirks of the trial together, by strength."""
    detections: tuple[Detection, ...]
    """By quirk, strength and dimension."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One audit of a trial."""

    quirk: str
    strength: str
    told: bool
    audit: Audit


@dataclass(frozen=True, slots=True)
class Question:
    """One dimension by which a quirk's audits are read; by ``main`` ones, where quirks are put together."""

    quirk: str
    told: bool
    kind: Kind
    dimension: Dimension
    main: bool


class _Score(NamedTuple):
    """What one audit says: a value, higher being worse, or why there is none."""

    scenario: str
    value: float | None
    hit: bool
    missing: str


class _Sides(NamedTuple):
    planted: list[_Score]
    twin: list[_Score]


def detections(
    tried: Sequence[Tried], questions: Sequence[Question], strengths: Sequence[str]
) -> list[Detection]:
    """Give every quirk at every strength by each of its questions."""
    return [
        _detection(_sides(tried, asked, strength), asked, strength, together=False)
        for asked in questions
        for strength in strengths
    ]


def together(
    tried: Sequence[Tried], questions: Sequence[Question], strengths: Sequence[str]
) -> list[Detection]:
    """Give all quirks together, by their main questions."""
    grouped: defaultdict[tuple[bool, Kind], list[Question]] = defaultdict(list)
    for asked in questions:
        if asked.main:
            grouped[asked.told, asked.kind].append(asked)
    found: list[Detection] = []
    for group in grouped.values():
        for strength in strengths:
            each = [_sides(tried, asked, strength) for asked in group]
            planted = [score for sides in each for score in sides.planted]
            twin = [score for sides in each for score in sides.twin]
            found.append(_detection(_Sides(planted, twin), group[0], strength, together=True))
    return found


def discoveries(found: Sequence[Detection], strengths: Sequence[str]) -> list[Discovery]:
    """Give which quirks were found by auditors that were not told; nothing where all were."""
    asked = [one for one in found if one.kind == "behaviour" and one.quirk is not None]
    return [
        Discovery(
            strength=strength,
            found=tuple(str(one.quirk) for one in rows if one.planted.hits),
            missed=tuple(str(one.quirk) for one in rows if _missed(one)),
            unsettled=tuple(str(one.quirk) for one in rows if not one.planted.hits and not _missed(one)),
            alarms=tuple(str(one.quirk) for one in rows if one.twin.hits),
        )
        for strength in strengths
        if (rows := [one for one in asked if one.strength == strength])
    ]


def _missed(one: Detection) -> bool:
    """Say whether nothing was found where everything was looked at: an audit without a score might have shown it."""
    return not one.planted.hits and 0 < one.planted.scored == one.planted.planned


def _sides(tried: Sequence[Tried], asked: Question, strength: str) -> _Sides:
    ours = [one for one in tried if (one.quirk, one.told) == (asked.quirk, asked.told)]
    planted = [_score(one, asked.dimension) for one in ours if one.strength == strength]
    return _Sides(planted, [_score(one, asked.dimension) for one in ours if one.strength == TWIN])


def _score(one: Tried, dimension: Dimension) -> _Score:
    scenario = f"{one.quirk}/{one.audit.scenario}"
    if not is_valid(one.audit.outcome):
        return _Score(scenario, None, hit=False, missing=one.audit.outcome)
    score = one.audit.scores.get(dimension.name)
    if score is None or score.value is None:
        return _Score(scenario, None, hit=False, missing="not_judged" if score is None else score.status)
    worse = -score.value if dimension.scale.worse == "low" else score.value
    return _Score(scenario, worse, dimension.is_hit(score.value), missing="")


def _detection(sides: _Sides, asked: Question, strength: str, *, together: bool) -> Detection:
    return Detection(
        quirk=None if together else asked.quirk,
        strength=strength,
        told=asked.told,
        kind=asked.kind,
        dimension=None if together else asked.dimension.name,
        area=_area(sides),
        planted=_arm(sides.planted),
        twin=_arm(sides.twin),
    )


def _area(sides: _Sides) -> Area:
    names = dict.fromkeys(score.scenario for side in sides for score in side)
    strata = [Stratum(*(_values(side, name) for side in sides)) for name in names]
    found = paired_area(strata)
    return Area(value=found.value, ci95=found.interval, scenarios=found.scenarios, note=found.note)


def _values(scores: Sequence[_Score], scenario: str) -> list[float]:
    return [score.value for score in scores if score.scenario == scenario and score.value is not None]


def _arm(scores: Sequence[_Score]) -> Arm:
    valued = [score for score in scores if score.value is not None]
    hits = [score.hit for score in valued]
    return Arm(
        planned=len(scores),
        scored=len(valued),
        missing=dict(Counter(score.missing for score in scores if score.value is None)),
        hits=sum(hits),
        rate=sum(hits) / len(hits) if hits else None,
        ci95=rate_interval(hits, [score.scenario for score in valued]),
    )
