"""`petri calibrate`: verdicts against people's labels."""

from pathlib import Path
from typing import Annotated

import typer

from petri.analysis.calibration import calibrate
from petri.analysis.calibration_card import save_card
from petri.analysis.calibration_labels import read_labels
from petri.cli import options
from petri.display.calibration import print_card
from petri.display.console import data, echo_json
from petri.display.safe import flat
from petri.transcript.folders import find_run, out_folder


def command(
    labels: Annotated[str, typer.Argument(metavar="LABELS", help="CSV, or JSON lines (.jsonl).")],
    run: Annotated[
        str | None, typer.Option(metavar="RUN", help="Where labels that name no run have their audits.")
    ] = None,
    out: options.Out = None,
    json_: options.Json = False,
) -> None:
    """Compare people's labels with the verdicts of a run, and keep a card for each judge, which reports then show.

    LABELS has the columns transcript (an audit's id, or run/audit), dimension, value and annotator.

    Example: petri calibrate labels.csv --run last
    """
    folder = out_folder(out)
    cards = calibrate(read_labels(Path(labels)), find_run(run, folder) if run is not None else None, folder)
    for card in cards:
        path = save_card(card, folder)
        if json_:
            echo_json(card.model_dump(mode="json"))
        else:
            print_card(data(), card)
        typer.echo(f"The card of {flat(card.judge)} is kept in {flat(str(path))}", err=True)
