"""The flags of commands: each with its name, its place-holder and its line of help."""

from typing import Annotated

import typer

Out = Annotated[str | None, typer.Option(metavar="DIR", help="Where runs are: transcripts, or PETRI_OUT.")]
Run = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's id, folder or log, a part of its id, or last.")
]

Scenarios = Annotated[
    list[str], typer.Argument(metavar="FILE", help="Scenario files, folders, or library:TAG.")
]
Auditor = Annotated[str | None, typer.Option(metavar="M", help="The auditing model.")]
Target = Annotated[list[str] | None, typer.Option(metavar="M", help="A model to audit; repeat for more.")]
Judge = Annotated[list[str] | None, typer.Option(metavar="M", help="A judging model; repeat for a panel.")]
Realism = Annotated[
    str | None, typer.Option(metavar="M", help="A model that checks staged messages; threshold 0.6.")
]
Simulator = Annotated[
    str | None, typer.Option(metavar="M", help="A model that answers the target's tool calls.")
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Built-in simulated models in every role that no flag names.")
]
Epochs = Annotated[int | None, typer.Option(min=1, metavar="N", help="Repeats of each cell.")]
MaxTurns = Annotated[int | None, typer.Option(min=1, metavar="N", help="Target turns on the longest branch.")]
Only = Annotated[list[str] | None, typer.Option(metavar="ID", help="Only these scenarios.")]
Tag = Annotated[list[str] | None, typer.Option(metavar="T", help="Only scenarios with one of these tags.")]
Limit = Annotated[int | None, typer.Option(min=1, metavar="N", help="At most so many scenarios.")]
Rubric = Annotated[list[str] | None, typer.Option(metavar="R", help="Rubric name or file; repeat for more.")]
MaxConnections = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Requests at a time, per provider; adaptive by default."),
]
MaxSamples = Annotated[int | None, typer.Option(min=1, metavar="N", help="Audits at a time; 100 by default.")]
Name = Annotated[str | None, typer.Option(help="A name for the run, in its id.")]
FailOn = Annotated[list[str] | None, typer.Option(metavar="'DIM>=X'", help="Exit with 1 at such a score.")]
NoJudge = Annotated[bool, typer.Option("--no-judge", help="Record only; score nothing.")]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A value in the file's place.")
]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout, and nothing else there.")]
Yes = Annotated[bool, typer.Option("--yes", help="Never ask; for scripts. This version asks nothing.")]
