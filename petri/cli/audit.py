"""`petri audit`: run, judge, summarise."""

import io
from contextlib import redirect_stdout
from dataclasses import replace

import typer

from petri.cli import options
from petri.cli.limits import read_limits
from petri.cli.settings import findable, read_settings
from petri.display.base import Display
from petri.display.choosing import choose_display
from petri.runner import Order, run
from petri.transcript.store import out_folder


def command(
    files: options.Scenarios,
    auditor: options.Auditor = None,
    target: options.Target = None,
    judge: options.Judge = None,
    realism: options.Realism = None,
    simulator: options.Simulator = None,
    offline: options.Offline = False,
    epochs: options.Epochs = None,
    max_turns: options.MaxTurns = None,
    only: options.Only = None,
    tag: options.Tag = None,
    limit: options.Limit = None,
    rubric: options.Rubric = None,
    judge_groups: options.JudgeGroups = None,
    max_connections: options.MaxConnections = None,
    max_samples: options.MaxSamples = None,
    max_cost: options.MaxCost = None,
    max_tokens: options.MaxTokens = None,
    max_time: options.MaxTime = None,
    rpm: options.Rpm = None,
    assume_price: options.AssumePrice = None,
    no_preflight: options.NoPreflight = False,
    out: options.Out = None,
    name: options.Name = None,
    fail_on: options.FailOn = None,
    no_judge: options.NoJudge = False,
    set_: options.Set = None,
    yes: options.Yes = False,  # noqa: ARG001 -- accepted, so that scripts need not change once something is asked
    json_: options.Json = False,
    plain: options.Plain = False,
) -> None:
    """Audit models with scenarios: run the conversations, judge them, and say what came out.

    Example: petri audit my-question.yaml --target openai/gpt-5-mini --epochs 3
    """
    flags = {
        "models.auditor": auditor,
        "models.target": _one_or_more(target),
        "models.judge": _one_or_more(judge),
        "models.realism": realism,
        "models.simulator": simulator,
        "audit.epochs": epochs,
        "audit.max_turns": max_turns,
        "judge.rubric": [findable(given) for given in rubric] if rubric else None,
        "judge.groups": judge_groups,
    }
    settings = read_settings(set_ or ()) | {key: value for key, value in flags.items() if value is not None}
    order = replace(
        Order(files, out_folder(out), only=only or (), tags=tag or (), limit=limit, settings=settings),
        offline=offline,
        judge=not no_judge,
        fail_on=fail_on or (),
        name=name,
        max_samples=max_samples,
        max_connections=max_connections,
        limits=read_limits(max_cost, max_tokens, max_time, rpm, assume_price),
        preflight=not no_preflight,
    )
    raise typer.Exit(_carry_out(order, choose_display(json_=json_, plain=plain)))


def _carry_out(order: Order, display: Display) -> int:
    with redirect_stdout(io.StringIO()):  # Inspect prints a banner of its hooks; stdout is for data
        _, results = run(order, display)
    return results.run.exit_code


def _one_or_more(names: list[str] | None) -> str | list[str] | None:
    return names[0] if names and len(names) == 1 else names
