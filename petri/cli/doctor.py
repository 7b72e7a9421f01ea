"""`petri doctor`: versions, keys, models, prices, ports, folders."""

import sys
from typing import Annotated

import typer

from petri.cli import options
from petri.diagnosis.machine import machine
from petri.diagnosis.models import keys, models
from petri.display.console import data, echo_json
from petri.display.doctor import findings_json, print_findings
from petri.order import Order
from petri.transcript.folders import out_folder

_INCOMPLETE = 3


def command(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE]", help="Scenario files, folders, or library:NAME, for their models."),
    ] = None,
    offline: options.Offline = False,
    no_judge: options.NoJudge = False,
    out: options.Out = None,
    connect: Annotated[
        bool,
        typer.Option("--connect", help="Ask each model for one tiny call; it costs what the provider asks."),
    ] = False,
    json_: options.Json = False,
) -> None:
    """Look at this machine, its keys (never shown) and a file's models; exit with 3 where something has to be mended.

    Nothing is sent without --connect, which makes one call of some twenty tokens to each model.

    Example: petri doctor my-question.yaml
    """
    folder = out_folder(out)
    findings = [*machine(folder, sys.stdout), *keys()]
    if files:
        order = Order(files, folder, offline=offline, judge=not no_judge)
        findings += models(order, connect=connect)
    if json_:
        echo_json(findings_json(findings), indent=1)
    else:
        print_findings(data(), findings)
    raise typer.Exit(_INCOMPLETE if any(one.status == "problem" for one in findings) else 0)
