"""`petri audit`: run, judge, summarise."""

import typer

from petri.cli import options
from petri.cli.asking import asking
from petri.cli.limits import read_limits
from petri.cli.settings import order_settings
from petri.display.base import Display
from petri.display.choosing import choose_display
from petri.display.ci import Reports, wanted_reports
from petri.display.console import data_only
from petri.runner import Approve, Order, run
from petri.transcript.folders import out_folder


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
    junit: options.JUnit = None,
    summary_md: options.SummaryMd = None,
    set_: options.Set = None,
    ask_above: options.AskAbove = 10,
    yes: options.Yes = False,
    json_: options.Json = False,
    plain: options.Plain = False,
) -> None:
    """Audit models with scenarios: run the conversations, judge them, and say what came out.

    Example: petri audit my-question.yaml --target openai/gpt-5-mini --epochs 3
    """
    given = order_settings(
        set_, auditor, target, judge, realism, simulator, epochs, max_turns, rubric, judge_groups
    )
    order = Order(
        scenarios=files,
        out=out_folder(out),
        only=only or (),
        tags=tag or (),
        limit=limit,
        settings=given.settings,
        offline=offline,
        judge=not no_judge,
        fail_on=fail_on or (),
        name=name,
        max_samples=max_samples,
        max_connections=max_connections,
        limits=read_limits(max_cost, max_tokens, max_time, rpm, assume_price),
        preflight=not no_preflight,
    )
    display, reports = choose_display(json_=json_, plain=plain), wanted_reports(junit, summary_md)
    raise typer.Exit(_run(order, asking(ask_above, yes=yes), display, reports))


def _run(order: Order, approve: Approve, display: Display, reports: Reports) -> int:
    """Run the audits and write the reports; give the exit code."""
    with data_only():
        finished, results = run(order, display, approve)
    reports.write(results, finished)
    return results.run.exit_code
