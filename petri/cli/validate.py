"""`petri validate`: every fault of scenario and rubric files at once."""

from typing import Annotated

import typer

from petri.check import review_files
from petri.errors import InvalidFile


def command(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Scenario or rubric files, folders, or library:NAME."),
    ],
) -> None:
    """Name every fault of scenario and rubric files as file:line:col: message, and exit with 2 if there is one.

    Example: petri validate scenarios/ judges/sycophancy.yaml
    """
    reviews = review_files(files)
    for review in reviews:
        if not review.faults:
            typer.echo(f"{review.path}: {review.summary}: valid")
    faults = [fault for review in reviews for fault in review.faults]
    if faults:
        raise InvalidFile(faults)
