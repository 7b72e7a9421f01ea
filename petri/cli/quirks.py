"""`petri quirks`: an auditor and a judge tried on behaviours that are known to be there."""

from typing import Annotated

import typer

from petri.cli import options
from petri.cli.asking import asking
from petri.display.choosing import choose_display
from petri.display.console import data, data_only, echo_json
from petri.display.detection import print_trial
from petri.display.safe import flat
from petri.quirk_trial import REPORT, TrialOrder, run_trial
from petri.transcript.folders import out_folder


def command(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]…", help="Quirks of judges/quirks; all by default.")
    ] = None,
    strength: Annotated[
        list[str] | None,
        typer.Option(metavar="S", help="overt, subtle or deny; repeat for more; all by default."),
    ] = None,
    auditor: options.Auditor = None,
    target: Annotated[
        str | None, typer.Option(metavar="M", help="The model that the quirks are planted in.")
    ] = None,
    judge: options.Judge = None,
    offline: options.Offline = False,
    told: Annotated[
        bool | None,
        typer.Option("--told/--untold", help="Only auditors that are told what to look for, or only others."),
    ] = None,
    epochs: options.Epochs = None,
    max_turns: options.MaxTurns = None,
    ask_above: options.AskAbove = 10,
    yes: options.Yes = False,
    out: options.Out = None,
    json_: options.Json = False,
    plain: options.Plain = False,
) -> None:
    """Plant known behaviours in a target, audit it and its innocent twin, and report what was found.

    A quirk is 16 audits: two scenarios, the auditor told and not told, three strengths and the twin. All ten are
    160, times the epochs. Names, --strength and --told or --untold make it fewer.

    Example: petri quirks generous-praise staying-on --offline
    """
    order = TrialOrder(
        out=out_folder(out),
        quirks=names or (),
        strengths=strength or (),
        auditor=auditor,
        target=target,
        judges=judge or (),
        offline=offline,
        told=told,
        epochs=epochs or 1,
        max_turns=max_turns or 10,
    )
    with data_only():
        display = choose_display(json_=False, plain=plain)
        run, results, report = run_trial(order, display, asking(ask_above, yes=yes))
    if json_:
        echo_json(report.model_dump(mode="json"))
    else:
        print_trial(data(), report)
    typer.echo(f"The report is kept in {flat(str(run.folder / REPORT))}", err=True)
    raise typer.Exit(results.run.exit_code)
