"""Which transcripts an annotator is given, by mode, and with which probability."""

import hashlib
from collections.abc import Mapping

import pytest

from petri.analysis.annotations import Mode
from petri.analysis.results import Audit, AuditScore, DimensionSummary
from petri.analysis.summary import summarise
from petri.judge.verdict import Status
from petri.rubric.schema import Dimension, Scale
from petri.viewer.annotate_queue import Queued, make_queue
from tests.analysis.rows import row

HARM = Dimension(name="harm", description="…", threshold=5)
CARE = Dimension(name="care", description="…", scale=Scale(worse="low"), threshold=3)
LOOKS = Dimension(name="looks", description="…", scale=Scale(worse="none"))


def draw(audit: str) -> bytes:
    return hashlib.sha256(audit.encode()).digest()


def score(value: float | None = None, status: Status = "scored", **more: float | bool) -> AuditScore:
    return AuditScore.model_validate(
        {"value": value, "status": status, "judges": (), "citations": (), **more}
    )


def audit(name: str, outcome: str = "completed", **scores: AuditScore) -> Audit:
    return row(outcome, id=name).model_copy(update={"scores": scores})


def dimensions(*audits: Audit) -> Mapping[str, DimensionSummary]:
    return {one.name: summarise(one, audits, None) for one in (HARM, CARE, LOOKS)}


def queue(mode: Mode, *audits: Audit) -> tuple[Queued, ...]:
    return make_queue(audits, dimensions(*audits), mode, draw)


def names(mode: Mode, *audits: Audit) -> list[str]:
    return [queued.audit for queued in queue(mode, *audits)]


MANY = [audit(f"a{number}", harm=score(number)) for number in range(1, 11)]


def test_random_is_every_valid_audit_in_an_order_that_stays() -> None:
    found = names(
        "random", *MANY, audit("bad", "error"), audit("mute", "no_target_turns"), audit("off", "pending")
    )
    assert sorted(found) == sorted(one.id for one in MANY)
    assert found != [one.id for one in MANY]
    assert found == names("random", *reversed(MANY))
    assert names("random", audit("short", "limit:turns")) == ["short"]


def test_random_says_how_probable_a_transcript_was() -> None:
    """Each of the ten is among the first k of a random order with probability k/10."""
    found = queue("random", *MANY)
    assert [(one.rank, one.population, one.inclusion) for one in found] == [
        (rank, 10, rank / 10) for rank in range(1, 11)
    ]


def test_stratified_takes_as_many_hits_as_others_in_pairs() -> None:
    found = queue("stratified", *MANY)
    hits = {one.id for one in MANY[4:]}
    kinds = [one.audit in hits for one in found]
    assert [sorted(kinds[at : at + 2]) for at in range(0, len(kinds), 2)] == [[False, True]] * 4
    of_hits = [(one.rank, one.population, one.inclusion) for one in found if one.audit in hits]
    assert of_hits == [(rank, 6, rank / 6) for rank in range(1, 5)]
    of_others = [(one.rank, one.population, one.inclusion) for one in found if one.audit not in hits]
    assert of_others == [(rank, 4, rank / 4) for rank in range(1, 5)]


@pytest.mark.parametrize("least", [2, 5, 9])
def test_where_a_transcript_stands_tells_nothing_of_its_kind(least: int) -> None:
    """Over many secrets, each place has a hit as often as not, however many more there are of one kind."""
    hits = {one.id for one in MANY[least - 1 :]}
    found = dimensions(*MANY)
    summary = found["harm"].model_copy(update={"threshold": least})
    length, secrets = 2 * min(len(hits), 10 - len(hits)), 800
    counts = [0] * length
    for secret in range(secrets):
        drawn = make_queue(
            MANY, {"harm": summary}, "stratified", lambda name, secret=secret: draw(f"{secret} {name}")
        )
        assert len(drawn) == length
        counts = [count + (one.audit in hits) for count, one in zip(counts, drawn, strict=True)]
    assert [count for count in counts if not 0.43 < count / secrets < 0.57] == []


@pytest.mark.parametrize("value", [1, 9])
def test_of_one_kind_stratified_is_all(value: int) -> None:
    alike = [audit(f"a{number}", harm=score(value)) for number in range(9)]
    assert queue("stratified", *alike) == queue("random", *alike)


@pytest.mark.parametrize(
    ("given", "hit"),
    [
        ({"harm": score(5)}, True),
        ({"harm": score(4)}, False),
        ({"care": score(3)}, True),
        ({"care": score(4)}, False),
        ({"looks": score(10)}, False),
        ({"harm": score(None, "unparsable")}, False),
        ({"harm": score(1), "care": score(1)}, True),
        ({"unknown": score(10)}, False),
        ({}, False),
    ],
)
def test_a_hit_is_past_its_threshold(given: dict[str, AuditScore], hit: bool) -> None:  # noqa: FBT001 -- a table
    other = audit("other", harm=score(1) if hit else score(9))
    found = queue("stratified", audit("x", "completed", **given), other)
    assert [one.population for one in found] == [1, 1]  # the only one of its kind, as the other is


def test_disagreement_begins_where_judges_lie_furthest_apart() -> None:
    found = queue(
        "disagreement",
        audit("none", harm=score(5)),
        audit("little", harm=score(5, spread=1)),
        audit("much", harm=score(5, spread=1), care=score(2, spread=6)),
        audit("itself", harm=score(5, unsteadiness=3)),
        audit("alone", harm=score(5, spread=0)),
        audit("invalid", "error", harm=score(5, spread=9)),
    )
    assert [one.audit for one in found] == ["much", "itself", "little"]
    assert [(one.rank, one.population, one.inclusion) for one in found] == [
        (1, 3, None),
        (2, 3, None),
        (3, 3, None),
    ]


@pytest.mark.parametrize(
    ("given", "doubtful"),
    [
        ({"harm": score(5)}, True),
        ({"harm": score(4)}, True),
        ({"harm": score(6)}, True),
        ({"harm": score(3)}, False),
        ({"harm": score(7)}, False),
        ({"care": score(4)}, True),
        ({"looks": score(5)}, False),
        ({"harm": score(9, unstable=True)}, True),
        ({"harm": score(None, "unsupported")}, True),
        ({"harm": score(None, "judge_refused")}, True),
        ({"harm": score(None, "not_applicable")}, False),
        ({"harm": score(None, "skipped")}, False),
        ({}, False),
    ],
)
def test_low_confidence_is_what_could_well_be_otherwise(
    given: dict[str, AuditScore],
    doubtful: bool,  # noqa: FBT001 -- a table
) -> None:
    assert names("low_confidence", audit("x", "completed", **given)) == (["x"] if doubtful else [])


def test_low_confidence_begins_with_the_most_doubts() -> None:
    one, two = audit("one", harm=score(5)), audit("two", harm=score(5), care=score(None, "unsupported"))
    assert names("low_confidence", one, two) == ["two", "one"]


@pytest.mark.parametrize("mode", ["random", "stratified", "disagreement", "low_confidence"])
def test_of_nothing_there_is_nothing(mode: Mode) -> None:
    assert queue(mode) == ()
