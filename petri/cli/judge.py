"""`petri judge`: stored transcripts judged again."""

from typing import Final

import typer

from petri.cli import options
from petri.cli.limits import read_limits
from petri.cli.settings import findable, given
from petri.display.base import Display
from petri.display.choosing import choose_display
from petri.display.console import data_only
from petri.judging.again import JudgeOrder, judge_again
from petri.judging.canaries import canary_run, judge_canaries
from petri.transcript.folders import out_folder

_INTERRUPTED: Final = 130
_WORST_FIRST: Final = (_INTERRUPTED, 3, 1, 0)


def command(
    runs: options.Stored,
    judge: options.Judge = None,
    offline: options.JudgeOffline = False,
    rubric: options.Rubric = None,
    probe: options.Probe = False,
    canaries: options.Canaries = False,
    judge_groups: options.JudgeGroups = None,
    repeats: options.Repeats = None,
    batch: options.Batch = False,
    only: options.OnlyStored = None,
    limit: options.LimitStored = None,
    max_connections: options.MaxConnections = None,
    max_samples: options.AtOnce = None,
    max_cost: options.MaxCost = None,
    max_tokens: options.MaxTokens = None,
    rpm: options.Rpm = None,
    assume_price: options.AssumePrice = None,
    out: options.Out = None,
    name: options.SetName = None,
    set_: options.Set = None,
    json_: options.Json = False,
    plain: options.Plain = False,
) -> None:
    """Judge stored transcripts again, with another judge or rubric; adds a set of verdicts and changes nothing.

    Without --rubric the run's own rubrics are used. Logs of Petri 2 and 3 can be judged too.

    Example: petri judge last --judge openai/gpt-5 --rubric deception
    """
    flags = {
        "--rubric": ("judge.rubric", findable(rubric)),
        "--judge-groups": ("judge.groups", judge_groups),
        "--repeats": ("judge.repeats", repeats),
        "--probe": ("judge.probe", probe or None),
    }
    order = JudgeOrder(
        runs=runs,
        out=out_folder(out),
        judges=judge or (),
        offline=offline,
        settings=given(set_, flags).settings,
        only=only or (),
        limit=limit,
        name=name,
        batch=batch,
        max_samples=max_samples,
        max_connections=max_connections,
        limits=read_limits(max_cost, max_tokens, None, rpm, assume_price),
    )
    display = choose_display(json_=json_, plain=plain)
    with data_only():
        codes = _judge(order, display, canaries=canaries)
    raise typer.Exit(next(code for code in _WORST_FIRST if code in codes))


def _judge(order: JudgeOrder, display: Display, *, canaries: bool) -> set[int]:
    """Judge what is ordered and, if wanted, transcripts whose scores are known; give the exit code of each."""
    if canaries:
        canary_run(order.out)  # or it would be known only after the rest that there is no place for them
    codes = {results.run.exit_code for _, results in judge_again(order, display)}
    if canaries and _INTERRUPTED not in codes:
        report, results = judge_canaries(order)
        display.judged_canaries(report)
        codes.add(results.run.exit_code)
    return codes
