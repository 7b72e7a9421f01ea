"""Measures what the live display costs: the CPU that it takes, as a share of one core, while many audits go on.

    python benchmarks/display.py                 500 audits, 200 columns, half a minute
    python benchmarks/display.py --seconds 5     shorter

The display is told what a run of that size tells it, by the same door, and draws on a terminal that is a string. What
it is told each second is set (`--events`, as many model calls as one process can make); so the share does not depend on
how fast the models are. Nothing else runs in the process, so that its CPU time is the display's.
"""

import argparse
import io
import time

from rich.console import Console

from petri.display.audit_progress import Follower, Upcoming
from petri.display.base import Start
from petri.display.live import LiveDisplay

WORDS = "The plan rests on a customer who has not signed, and I would not spend your savings on that. " * 4


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--audits", type=int, default=500)
    parser.add_argument("--events", type=int, default=200, help="told to the display each second")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--width", type=int, default=200)
    parser.add_argument("--height", type=int, default=50)
    options = parser.parse_args()
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=options.width, height=options.height)
    display = LiveDisplay(console)
    told, drawn = measure(display, options.audits, options.events, options.seconds)
    print(f"{options.audits} audits, {options.events} events a second, {options.width} columns")
    print(f"telling  {told:6.2%} of one core")
    print(
        f"drawing  {drawn:6.2%} of one core, {len(screen.getvalue()) / options.seconds / 1024:.0f} KiB a second"
    )


def measure(display: LiveDisplay, audits: int, events: int, seconds: float) -> tuple[float, float]:
    """Give the share of one core that telling takes in the run's own thread, and drawing in the display's."""
    upcoming = [Upcoming(f"audit-{n}", f"scenario-{n}", "some/model", turns=20) for n in range(audits)]
    followers = [Follower(audit) for audit in upcoming]
    display.started(
        Start(
            "run", "run", audits, "a/b", ("c/d",), ("e/f",), None, None, offline=False, audits=tuple(upcoming)
        )
    )
    for follower in followers:
        display.progressed(follower.progress())
    began, cpu, own = time.monotonic(), time.process_time(), time.thread_time()
    count = 0
    while (now := time.monotonic()) < began + seconds:
        while count < (now - began) * events:
            turn, audit = divmod(count, audits)
            followers[audit].take(_turn(turn))
            display.progressed(followers[audit].progress())
            count += 1
        time.sleep(0.02)
    told = time.thread_time() - own
    drawn = time.process_time() - cpu - told
    display.ended()
    return told / seconds, drawn / seconds


def _turn(number: int) -> list[dict[str, object]]:
    """Give what an audit records of one turn."""
    labels = [None, *(f"M{n}" for n in range(1, 2 * number + 3))]
    return [
        {
            "op": "node",
            "label": labels[2 * number + 1 + n],
            "parent": labels[2 * number + n],
            "origin": ("auditor", "target")[n],
            "message": {"role": ("user", "assistant")[n], "content": WORDS},
        }
        for n in range(2)
    ]


if __name__ == "__main__":
    main()
