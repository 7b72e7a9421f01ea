"""`petri compare`: two runs, or two sets of verdicts, on the same audits."""

from typing import Annotated

import typer

from petri.analysis.compare import compare
from petri.analysis.compute import compute_results
from petri.cli import options
from petri.display.comparison import print_comparison
from petri.display.console import data, echo_json
from petri.errors import UsageError
from petri.transcript.folders import find_run, out_folder


def command(
    first: Annotated[str, typer.Argument(metavar="RUN", help=options.SIDE)],
    second: Annotated[str, typer.Argument(metavar="RUN", help=options.SIDE)],
    primary: options.Primary = None,
    margin: options.Margin = None,
    out: options.Out = None,
    json_: options.Json = False,
) -> None:
    """Compare two runs, or two sets of verdicts, audit by audit: paired by scenario, cell and epoch.

    What may be claimed of each difference is one of three: supported, not supported, underpowered.

    Example: petri compare last last/gpt-5
    """
    folder = out_folder(out)
    sides = [find_run(name, folder) for name in (first, second)]
    if sides[0] == sides[1]:
        raise UsageError(f"{sides[0].id} is on both sides; a run does not differ from itself")
    one, two = (compute_results(side) for side in sides)
    compared = compare(one, two, primary or (), margin)
    if json_:
        echo_json(compared.model_dump(mode="json"), indent=1)
    else:
        print_comparison(data(), compared)
