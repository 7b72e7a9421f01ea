"""What a run's state says in words: times, amounts, counts; the same for every display."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from petri.display.audit_progress import AuditProgress, Phase
from petri.display.live_state import LiveState, SecondsLeft
from petri.display.safe import flat

_RATE_LIMIT: Final = 429
_MINUTE: Final = 60
_HOUR: Final = 3600


def heartbeat(state: LiveState, now: float) -> str:
    """Say on one line where the run stands."""
    parts = [f"{state.done} of {state.planned} done"]
    if state.rows:
        parts.append(f"{len(state.rows)} active: {counted(row.progress for row in state.rows.values())}")
    parts.append(f"{duration(now - state.began)} elapsed")
    parts += [
        said
        for said in (time_left(state.seconds_left(now)), spent(state), waiting(state, now))
        if said is not None
    ]
    return " · ".join(parts)


def counted(rows: Iterable[AuditProgress]) -> str:
    """Count audits by what goes on in them, in the order in which it does."""
    phases = Counter(row.phase for row in rows)
    return ", ".join(f"{phases[phase]} {phase}" for phase in Phase if phases[phase])


def duration(seconds: float) -> str:
    """Give a time that has passed: `0:07`, `12:03`, `1:02:03`."""
    whole = int(seconds)
    hours, minutes = whole // _HOUR, whole % _HOUR // _MINUTE
    tail = f"{whole % _MINUTE:02d}"
    return f"{hours}:{minutes:02d}:{tail}" if hours else f"{minutes}:{tail}"


def time_left(left: SecondsLeft | None) -> str | None:
    """Give a range of time that is left, no more exactly than it can be known."""
    if left is None:
        return None
    low, high = left
    if high < _MINUTE:
        return "less than a minute left"
    most = _rough(high)
    if low is None:
        return f"up to {most} left"
    least = _rough(low)
    if least == most:
        return f"about {most} left"
    number, _, unit = least.partition(" ")
    return f"{number if unit == most.partition(' ')[2] else least} to {most} left"


def money(usd: float) -> str:
    """Give an amount: cents, or more digits where it is less than that."""
    return f"${usd:.4f}" if 0 < usd < 0.01 else f"${usd:,.2f}"  # noqa: PLR2004 -- one cent


def spent(state: LiveState) -> str | None:
    """Say what was spent, or, where that is nothing or not known, how many tokens were used; None before a call."""
    if not state.tokens:
        return None
    if not state.cost_usd:
        said = f"{_count(state.tokens)} tokens"
    else:
        said = f"spent {money(state.cost_usd)}"
        said += "" if state.estimate_usd is None else f" of about {money(state.estimate_usd)}"
    return said + ("" if state.cap_usd is None else f", cap {money(state.cap_usd)}")


def waiting(state: LiveState, now: float) -> str | None:
    """Say how many calls wait, and for what; None where none does."""
    waits = state.waiting(now)
    if not waits:
        return None
    limited = [wait for wait in waits if wait.status == _RATE_LIMIT]
    models = ", ".join(dict.fromkeys(flat(wait.model) for wait in limited or waits))
    why = "a rate limit" if limited else "another try"
    calls = len(limited or waits)
    return f"{calls} {'call waits' if calls == 1 else 'calls wait'} for {why} ({models})"


def _rough(seconds: float) -> str:
    if seconds < _MINUTE:
        return "1 min"
    if seconds < 100 * _MINUTE:
        return f"{round(seconds / _MINUTE)} min"
    return f"{seconds / _HOUR:.1f} h"


def _count(number: int) -> str:
    """Give a large number in few characters."""
    for size, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return str(number)
