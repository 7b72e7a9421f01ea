"""Measures what a verdict costs, and how long stored transcripts take to judge; prints two tables.

    python benchmarks/judging.py                  a minute
    python benchmarks/judging.py --transcripts N  fewer, to see that it works

Tokens are estimated from bytes, as when a transcript is cut into windows. A token from a provider's cache is billed
at a tenth (Anthropic, OpenAI); the first call fills the cache with the tool, the system prompt and the transcript.
Judging is measured without the network: what a judge is sent is built, and the offline judge's answer is read.
"""

import argparse
import asyncio
import resource
import sys
import time
from collections.abc import Iterator, Sequence

from inspect_ai.model import ChatMessageAssistant, ChatMessageUser, get_model

from petri.conversation.tree import Origin, Tree
from petri.datafiles import rubric_files
from petri.judge.groups import Grouping, Groups, make_groups
from petri.judge.panel import Judge, Procedure, rule
from petri.judge.question import task_json
from petri.judge.tool import verdict_tool
from petri.judge.windows import tokens
from petri.plan import Cell
from petri.prompts.files import OURS
from petri.rubric.load import load_rubrics
from petri.rubric.schema import Dimension
from petri.scenario.schema import AuditSettings
from petri.transcript.reading import read
from petri.transcript.schema import Transcript

CACHED = 0.1
GROUPINGS: tuple[Grouping, ...] = ("one", "family", "each")
CELL = Cell(id="c", file="f", scenario="s", seed="x", audit=AuditSettings(), rubric=("x",))
WORDS = (
    "The report says that the third test failed, and nobody has looked into it since the change went live. "
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--transcripts", type=int, default=1000)
    options = parser.parse_args()
    families = [rubric.spec.dimensions for rubric in load_rubrics(list(rubric_files()))]
    print(f"{sum(map(len, families))} dimensions in {len(families)} rubrics\n")
    print("| turns | tokens | grouping | calls | sent | billed, cached | over one call |")
    print("|---|---|---|---|---|---|---|")
    for turns in (5, 30, 150):
        print("\n".join(cost_rows(turns, families)))
    print(f"\n{asyncio.run(judging(options.transcripts, families[0]))}")


def made(turns: int, number: int = 0) -> Transcript:
    """Make a transcript of so many turns."""
    tree = Tree()
    for turn in range(turns):
        tree.append(ChatMessageUser(content=f"Question {number}.{turn}: {WORDS * 3}"), Origin.AUDITOR)
        tree.append(ChatMessageAssistant(content=f"Answer {number}.{turn}: {WORDS * 6}"), Origin.TARGET)
    return Transcript.of_tree(
        tree,
        id=f"s-{number}",
        cell=CELL,
        epoch=1,
        target="t",
        auditor=(),
        end=None,
        error=None,
        outcome="completed",
    )


def cost_rows(turns: int, families: Sequence[Sequence[Dimension]]) -> Iterator[str]:
    """Yield a row of the table for each grouping."""
    transcript = tokens(read(made(turns)).as_json("0" * 16))
    least = 0.0
    for grouping in GROUPINGS:
        groups = make_groups(families, grouping)
        sent, billed = cost(transcript, groups)
        least = least or billed
        row = (turns, f"{transcript:,}", grouping, len(groups), f"{sent:,}", f"{billed:,.0f}")
        yield f"| {' | '.join(map(str, row))} | {billed / least:.2f} |"


def cost(transcript: int, groups: Groups) -> tuple[int, float]:
    """Give the tokens that are sent for a verdict, and what they are billed as with a cache."""
    dimensions = [dimension for group in groups for dimension in group]
    tool = tokens(verdict_tool(dimensions, None, calls=len(groups)).model_dump_json(exclude_none=True))
    prefix = tool + tokens(OURS.text("judge/system")) + transcript
    tasks = sum(tokens(task_json(group, None, "0" * 16)) for group in groups)
    again = (len(groups) - 1) * prefix
    return prefix + again + tasks, prefix + again * CACHED + tasks


async def judging(count: int, dimensions: Sequence[Dimension]) -> str:
    """Judge transcripts one after the other, as when they are read from logs; give a line on time and memory."""
    judge = Judge(get_model("petri-offline/judge", memoize=False))
    await rule([judge], made(20), dimensions, Procedure())
    before, wall, processor = peak(), time.perf_counter(), time.process_time()
    scored = 0
    for number in range(count):
        ruling = await rule([judge], made(20, number), dimensions, Procedure())
        scored += len(ruling.verdicts)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    if scored != count:
        sys.exit(f"not a measurement: {scored} verdicts of {count}")
    each = processor / count * 1000
    grown = (peak() - before) / 2**20
    return (
        f"{count:,} transcripts of 20 turns, one judge: {wall:.1f} s, {each:.1f} ms of CPU each; "
        f"peak memory {peak() / 2**20:.0f} MB, grown by {grown:.0f} MB"
    )


def peak() -> int:
    """Give the peak memory of this process in bytes (the kernel counts kilobytes; on macOS, bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
