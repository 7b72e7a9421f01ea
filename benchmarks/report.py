"""From measurements to a table: each figure beside what it is measured against, and whether it is good enough."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

CPU_OVER_FLOOR = 1.3
WALL_OVER_CRITICAL_PATH = 1.05
HELP_SECONDS = 0.3
LINEAR_WITHIN = 1.15
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Measurement:
    """What one evaluation took: calls, seconds, bytes.

    ``longest`` are the seconds that the models of the slowest audit took, the critical path; ``results_cpu`` is the
    part of ``cpu`` that computes the results; ``before`` is the peak memory before it all.
    """

    calls: int
    calls_per_audit: int
    cpu: float
    results_cpu: float
    wall: float
    longest: float
    log_bytes: int
    peak_bytes: int
    before_bytes: int


@dataclass(frozen=True)
class Row:
    """One line of the table; ``good`` is None where nothing is required."""

    what: str
    measured: str
    required: str = ""
    good: bool | None = None


def median(values: Iterable[float]) -> float:
    """Give the middle value."""
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def cpu_rows(
    audits: Sequence[Measurement], floors: Sequence[Measurement], defaults: Sequence[Measurement]
) -> list[Row]:
    """Compare CPU time and memory with the floor; a ratio is taken within each round, then their median."""

    def per_call(seconds: Sequence[float]) -> str:
        return f"{median(seconds) / audits[0].calls * 1000:.2f} ms"

    def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
        return median(our / their for our, their in zip(ours, theirs, strict=True))

    loop = [run.cpu - run.results_cpu for run in audits]
    whole = [run.cpu for run in audits]
    floor = [run.cpu for run in floors]
    default = [run.cpu for run in defaults]

    memory = median(run.peak_bytes / MEGABYTE for run in audits)
    over = median(ours.peak_bytes / floor.peak_bytes for ours, floor in zip(audits, floors, strict=True))
    grown = median((run.peak_bytes - run.before_bytes) / MEGABYTE for run in audits)
    grown_floor = median((run.peak_bytes - run.before_bytes) / MEGABYTE for run in floors)
    return [
        Row(
            "CPU per model call, without the results, over the floor",
            f"**{ratio(loop, floor):.2f}** ({per_call(loop)} over {per_call(floor)})",
            f"<= {CPU_OVER_FLOOR}",
            ratio(loop, floor) <= CPU_OVER_FLOOR,
        ),
        Row(
            "the same of the whole command, results included",
            f"**{ratio(whole, floor):.2f}** ({per_call(whole)})",
            f"<= {CPU_OVER_FLOOR}",
            ratio(whole, floor) <= CPU_OVER_FLOOR,
        ),
        Row(
            "the floor under Inspect's defaults, over the floor",
            f"{ratio(default, floor):.2f} ({per_call(default)})",
        ),
        Row(
            "peak memory, over the floor",
            f"{over:.2f} ({memory:.0f} MB; grown by {grown:.0f} MB, the floor by {grown_floor:.0f} MB)",
        ),
    ]


def wall_row(ours: Measurement, floor: Measurement, latency: str) -> Row:
    """Compare wall time, results included, with the critical path: the model calls of the slowest audit."""
    ratio = ours.wall / ours.longest
    over = f"{ours.wall:.1f} s over {ours.longest:.1f} s; floor {floor.wall / floor.longest:.3f}"
    return Row(
        f"wall time at {latency}, over the critical path",
        f"**{ratio:.3f}** ({over})",
        f"<= {WALL_OVER_CRITICAL_PATH}",
        ratio <= WALL_OVER_CRITICAL_PATH,
    )


def log_rows(sizes: dict[int, Measurement], audits: int) -> list[Row]:
    """Give log bytes per turn, and how the cost of a further turn changes from the shorter audits to the longer."""
    short, middle, long = sorted(sizes)
    per_audit = {turns: run.log_bytes / audits for turns, run in sizes.items()}
    early = (per_audit[middle] - per_audit[short]) / (middle - short)
    late = (per_audit[long] - per_audit[middle]) / (long - middle)
    shown = ", ".join(f"{turns}: {per_audit[turns] / turns:,.0f}" for turns in sorted(sizes))
    return [
        Row("log bytes per turn, by turns", shown),
        Row(
            f"bytes of a further turn, {middle} to {long} turns over {short} to {middle}",
            f"**{late / early:.2f}** ({late:,.0f} over {early:,.0f})",
            f"<= {LINEAR_WITHIN} (linear)",
            late / early <= LINEAR_WITHIN,
        ),
    ]


def start_rows(seconds: dict[str, float], bare: float) -> list[Row]:
    """Give start-up times, over that of the interpreter alone."""
    rows = [
        Row(f"`{command}`", f"{taken * 1000:.0f} ms ({taken / bare:.1f} times a bare interpreter)")
        for command, taken in seconds.items()
    ]
    limit = f"< {HELP_SECONDS * 1000:.0f} ms"
    return [
        replace(row, required=limit, good=seconds["petri --help"] < HELP_SECONDS)
        if "--help" in row.what
        else row
        for row in rows
    ]


def table(rows: Iterable[Row]) -> str:
    """Give the rows as a Markdown table."""
    marks = {None: "", True: "met", False: "**not met**"}
    lines = ["| what | measured | required | |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.measured} | {row.required} | {marks[row.good]} |" for row in rows]
    return "\n".join(lines) + "\n"
