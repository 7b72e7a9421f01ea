"""`petri compare`: two runs, or two sets of verdicts, on the same audits."""

from typing import Annotated

import typer

from petri.analysis.compare import compare
from petri.analysis.compute import compute_results
from petri.cli import options
from petri.display.comparison import print_comparison
from petri.display.console import data, echo_json
from petri.transcript.folders import find_run, out_folder

_SIDE = "A run, or RUN/SET for a set of verdicts that petri judge added."


def command(
    first: Annotated[str, typer.Argument(metavar="RUN", help=_SIDE)],
    second: Annotated[str, typer.Argument(metavar="RUN", help=_SIDE)],
    out: options.Out = None,
    json_: options.Json = False,
) -> None:
    """Compare two runs, or two sets of verdicts, audit by audit: paired by scenario, cell and epoch.

    Example: petri compare last last/gpt-5
    """
    folder = out_folder(out)
    one, two = (compute_results(find_run(name, folder)) for name in (first, second))
    compared = compare(one, two)
    if json_:
        echo_json(compared.model_dump(mode="json"), indent=1)
    else:
        print_comparison(data(), compared)
