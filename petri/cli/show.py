"""`petri show`: a run's audits, or one transcript, in the terminal."""

from typing import Annotated

import typer

from petri.analysis.audits import find_audit
from petri.analysis.compute import compute_results
from petri.cli import options
from petri.display.audits import print_audits
from petri.display.console import data, echo_json
from petri.display.transcript import print_transcript
from petri.transcript.folders import find_run, out_folder


def command(
    run: options.Run,
    audit: Annotated[
        str | None, typer.Argument(metavar="AUDIT", help="An audit's id, or a part of it.")
    ] = None,
    out: options.Out = None,
    json_: options.Json = False,
) -> None:
    """Show a run's audits; with AUDIT, its transcript: who said what on which branch, the scores, their quotes.

    Example: petri show last clinic
    """
    found = find_run(run, out_folder(out))
    console = data()
    if audit is None:
        results = compute_results(found)
        if json_:
            echo_json(results.model_dump(mode="json"), indent=1)
        else:
            print_audits(console, results, found)
        return
    transcript, row = find_audit(found, audit)
    if json_:
        echo_json(transcript.model_dump(mode="json"), indent=1)
    else:
        print_transcript(console, transcript, row)
