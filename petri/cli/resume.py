"""`petri resume`: an interrupted run finished."""

import typer

from petri.cli import options
from petri.cli.limits import read_limits
from petri.display.choosing import choose_display
from petri.display.ci import wanted_reports
from petri.display.console import data_only
from petri.resuming.again import ResumeOrder, resume
from petri.transcript.folders import out_folder


def command(
    run: options.Run,
    fork: options.Fork = False,
    epochs: options.MoreEpochs = None,
    target: options.MoreTargets = None,
    max_connections: options.MaxConnections = None,
    max_samples: options.MaxSamples = None,
    max_cost: options.MaxCost = None,
    max_tokens: options.MaxTokens = None,
    max_time: options.MaxTime = None,
    rpm: options.Rpm = None,
    assume_price: options.AssumePrice = None,
    no_preflight: options.NoPreflight = False,
    out: options.Out = None,
    junit: options.JUnit = None,
    summary_md: options.SummaryMd = None,
    json_: options.Json = False,
    plain: options.Plain = False,
) -> None:
    """Finish a run: what is complete stays and is not paid for again, the rest goes on from its last turn.

    Refuses where a scenario, a prompt or a rubric has changed since.

    Example: petri resume last
    """
    order = ResumeOrder(
        run=run,
        out=out_folder(out),
        fork=fork,
        epochs=epochs,
        targets=target or (),
        max_samples=max_samples,
        max_connections=max_connections,
        limits=read_limits(max_cost, max_tokens, max_time, rpm, assume_price),
        preflight=not no_preflight,
    )
    display, reports = choose_display(json_=json_, plain=plain), wanted_reports(junit, summary_md)
    with data_only():
        finished, results = resume(order, display)
    reports.write(results, finished)
    raise typer.Exit(results.run.exit_code)
