"""What has to hold after each stop and at the end, found from the server's own record and from what is on disk.

How a command ends that was told to stop: with 130, unless nothing was left to do; then, and only then, it may end with
0, as its results do. 0 always means that every planned audit is complete, by the server's record too.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from petri.analysis.results import Audit, Results
from petri.analysis.summary import is_complete
from petri.transcript.folders import PLAN, RESULTS
from tests.clients.players import SPENT
from tests.crash.book import Book, Call
from tests.loopback.exchange import JsonObject


@dataclass(slots=True)
class Tally:
    """What was found, over all stops."""

    stops: Counter[str] = field(default_factory=Counter[str])
    exits: Counter[int] = field(default_factory=Counter[int])
    """Of the commands that were stopped."""
    audits: int = 0
    lost: list[str] = field(default_factory=list[str])
    """Audits that were complete before a stop, and are not any more."""
    billed_twice: list[Call] = field(default_factory=list[Call])
    """Calls of audits that were complete before."""
    repeated: Counter[int] = field(default_factory=Counter[int])
    """How many calls of its conversation an audit in flight made again after a stop: how often that many."""
    judged_again: int = 0
    """Calls of judges that were made again for audits whose verdict was not recorded."""
    wrong_ends: list[str] = field(default_factory=list[str])
    """Commands that ended otherwise than the state in which they left the run."""
    disagreements: list[str] = field(default_factory=list[str])
    """Where the results are not what the server knows."""

    def add(self, other: "Tally") -> None:
        """Take in what was found in another run."""
        self.stops += other.stops
        self.exits += other.exits
        self.audits += other.audits
        self.lost += other.lost
        self.billed_twice += other.billed_twice
        self.repeated += other.repeated
        self.judged_again += other.judged_again
        self.wrong_ends += other.wrong_ends
        self.disagreements += other.disagreements

    def is_clean(self) -> bool:
        """Say whether nothing was lost, paid for twice or told wrongly, and at most a turn of each audit repeated."""
        faults = (self.lost, self.billed_twice, self.wrong_ends, self.disagreements)
        return not any(faults) and max(self.repeated, default=0) <= 2  # the auditor's call and the target's


@dataclass(frozen=True, slots=True)
class Mark:
    """What was known when a process had ended: how many calls there were, and which audits it had said are over."""

    calls: int
    over: frozenset[str]


def announced(log: Path) -> Iterator[str]:
    """Yield the audits that processes said are over and judged: they say so when all is recorded."""
    for line in log.read_text(encoding="utf-8").splitlines():
        if not (line.startswith('{"event": "audit"') and line.endswith("}")):
            continue
        event: JsonObject = json.loads(line)
        if event["audit"]["outcome"] == "completed" and event["audit"]["scores"]:
            yield event["audit"]["scenario"]


def planned_run(runs: Path) -> Path | None:
    """Give the folder of the run, once it has a plan: one that was killed before that is nobody's."""
    found = [path.parent for path in runs.glob(f"*/{PLAN}")]
    assert len(found) <= 1, found
    return found[0] if found else None


def results_in(run: Path) -> Results:
    """Give a run's results."""
    return Results.model_validate_json((run / RESULTS).read_bytes())


def check_stop(code: int, said: str, runs: Path, book: Book, tally: Tally) -> None:
    """Compare how a command ended that was told to stop with what it left behind."""
    tally.wrong_ends += [f"exit code {code}: {fault}" for fault in _wrong(code, said, runs, book)]


def _wrong(code: int, said: str, runs: Path, book: Book) -> Iterator[str]:
    if code not in {0, 130}:
        yield f"neither 130 nor 0: {said[-1500:]}"
    run = planned_run(runs)
    if run is None:
        if code == 0:
            yield "there is no run"
        return
    if code == 0:
        results = results_in(run)
        undone = [audit.id for audit in results.audits if not is_complete(audit)]
        judged = {case for case, role, _ in book.calls() if role == "judge"}
        if undone or results.run.status != "complete" or results.run.exit_code != 0:
            yield f"the run is {results.run.status}, and {len(undone)} audits are not complete"
        if missing := {audit.scenario for audit in results.audits} - judged:
            yield f"the server was never asked for a verdict on {len(missing)} audits"
    elif not _is_done(run) and f"petri resume {run}" not in said:
        yield f"the command that goes on was not said: {said[-1500:]}"
    elif "Partial: " in said and results_in(run).run.exit_code != code:
        yield f"the results say {results_in(run).run.exit_code}"


def _is_done(run: Path) -> bool:
    return (run / RESULTS).exists() and results_in(run).run.status == "complete"


def check_calls(calls: Sequence[Call], marks: Sequence[Mark], tally: Tally) -> None:
    """Look for calls that were made again, after each stop."""
    ends = [mark.calls for mark in marks[1:]] + [len(calls)]
    for mark, end in zip(marks, ends, strict=True):
        before, after = set(calls[: mark.calls]), calls[mark.calls : end]
        tally.billed_twice += [call for call in after if call[0] in mark.over]
        again = Counter(
            case for case, role, step in after if role != "judge" and (case, role, step) in before
        )
        tally.repeated.update(again.values())
        tally.judged_again += sum(call[1] == "judge" and call in before for call in after)


def check_end(results: Results, book: Book, planned: int, tally: Tally, *, exact: bool) -> None:
    """Compare the results of the finished run with what the server was asked.

    A process that was killed did not hear every reply; where none was, tokens are ``exact``.
    """
    if len(results.audits) != planned:
        tally.lost.append(f"{len(results.audits)} of {planned} audits are in the results")
    if len({_came_to(audit) for audit in results.audits}) != 1:
        tally.disagreements.append("audits of the same models did not come to the same")
    all_made = Counter((case, role) for case, role, _ in book.calls())
    made = Counter(case for case, role, _ in set(book.calls()) if role == "target")
    for audit in results.audits:
        if not is_complete(audit) or audit.outcome != "completed":
            tally.lost.append(f"{audit.scenario}: {audit.outcome}")
        if made[audit.scenario] != book.turns or audit.target_turns != book.turns:
            tally.disagreements.append(
                f"{audit.scenario}: {audit.target_turns} turns, {made[audit.scenario]} asked for"
            )
        for role, least in (("auditor", book.turns + 1), ("target", book.turns), ("judge", 1)):
            heard = audit.usage[role].output_tokens / SPENT[role].output_tokens
            most = all_made[audit.scenario, role]
            if not (most if exact else least) <= heard <= most:
                tally.disagreements.append(
                    f"{audit.scenario}: tokens of {heard:g} of the {role}'s {most} calls"
                )


def _came_to(audit: Audit) -> tuple[object, ...]:
    """Give what does not depend on whether the audit was stopped: the models say the same in each."""
    values = tuple((name, score.status, score.value) for name, score in sorted(audit.scores.items()))
    return audit.outcome, audit.target_turns, audit.branches, values
