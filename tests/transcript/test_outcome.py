"""The outcome of an audit as a table of facts."""

import pytest

from petri.transcript.outcome import decide_outcome, is_valid
from petri.transcript.schema import End, EndedBy

# target turns, ended by, Inspect's limit, failed -> outcome
FACTS: list[tuple[int, EndedBy | None, str | None, bool, str]] = [
    (3, "auditor", None, False, "completed"),
    (0, "auditor", None, False, "no_target_turns"),
    (3, "turns", None, False, "limit:turns"),
    (3, "context", None, False, "limit:context"),
    (0, "context", None, False, "no_target_turns"),
    (3, "stalled", None, False, "auditor_stalled"),
    (0, "stalled", None, False, "no_target_turns"),
    (3, "refused", None, False, "auditor_refused"),
    (0, "refused", None, False, "auditor_refused"),
    (3, None, None, False, "cancelled"),
    (0, None, None, False, "cancelled"),
    (3, None, "operator", False, "cancelled"),
    (3, None, "custom", False, "cancelled"),
    (3, "auditor", "operator", False, "cancelled"),
    (3, None, "token", False, "limit:tokens"),
    (3, None, "cost", False, "limit:cost"),
    (3, None, "time", False, "limit:time"),
    (3, None, "working", False, "limit:time"),
    (3, None, "message", False, "limit:turns"),
    (3, None, "turn", False, "limit:turns"),
    (3, None, "context", False, "limit:context"),
    (3, None, "a limit of next year", False, "cancelled"),
    (0, None, "token", False, "no_target_turns"),
    (3, None, None, True, "error"),
    (0, None, None, True, "error"),
    (3, "auditor", None, True, "error"),
    (3, "refused", None, True, "error"),
    (3, None, "token", True, "error"),
]
VALID = {"completed", "limit:turns", "limit:tokens", "limit:cost", "limit:time", "limit:context"}


@pytest.mark.parametrize(("turns", "by", "limit", "failed", "outcome"), FACTS)
def test_outcome(turns: int, by: EndedBy | None, limit: str | None, failed: bool, outcome: str) -> None:  # noqa: FBT001
    end = None if by is None else End(by=by, reason="Because.")
    assert decide_outcome(target_turns=turns, end=end, limit=limit, failed=failed) == outcome


@pytest.mark.parametrize(
    "outcome",
    sorted({row[-1] for row in FACTS} | {"pending", "scenario_invalid"}),
)
def test_validity(outcome: str) -> None:
    assert is_valid(outcome) is (outcome in VALID)
