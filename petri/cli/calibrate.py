"""`petri calibrate`: verdicts against people's labels."""

from pathlib import Path
from typing import Annotated

import typer

from petri.analysis.annotated_labels import labels_at
from petri.analysis.calibration import calibrate
from petri.analysis.calibration_card import save_card
from petri.cli import options
from petri.display.calibration import print_card
from petri.display.console import data, echo_json
from petri.display.safe import flat
from petri.transcript.folders import find_run, out_folder


def command(
    labels: Annotated[str, typer.Argument(metavar="LABELS", help="CSV, JSON lines, or a run's annotations.")],
    run: Annotated[
        str | None, typer.Option(metavar="RUN", help="Where labels that name no run have their audits.")
    ] = None,
    out: options.Out = None,
    json_: options.Json = False,
) -> None:
    """Compare people's labels with the verdicts of a run, and keep a card for each judge, which reports then show.

    LABELS has the columns transcript (an audit's id, or run/audit), dimension, value and annotator; or it is the folder
    of annotations that `petri view --annotate` keeps in a run's, or a file of it.

    Example: petri calibrate labels.csv --run last
    """
    folder = out_folder(out)
    judged = find_run(run, folder) if run is not None else None
    cards = calibrate(labels_at(Path(labels), judged), judged, folder)
    for card in cards:
        path = save_card(card, folder)
        if json_:
            echo_json(card.model_dump(mode="json"))
        else:
            print_card(data(), card)
        typer.echo(f"The card of {flat(card.judge)} is kept in {flat(str(path))}", err=True)
