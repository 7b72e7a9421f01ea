"""The flags of commands: each with its name, its place-holder and its line of help."""

import math
from typing import Annotated, Final, Literal

import typer

from petri.errors import UsageError

SIDE: Final = "A run, or RUN/SET for a set of verdicts that petri judge added."


def _above_zero(value: float | None) -> float | None:
    if value is not None and not (value > 0 and math.isfinite(value)):
        raise UsageError(
            f"--margin {value:g}: has to be more than 0 points; what is no difference cannot matter"
        )
    return value


Out = Annotated[str | None, typer.Option(metavar="DIR", help="Where runs are: transcripts, or PETRI_OUT.")]
Run = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's id, folder or log, a part of its id, or last.")
]

Scenarios = Annotated[
    list[str], typer.Argument(metavar="FILE", help="Scenario files, folders, or library:NAME.")
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
JudgeGroups = Annotated[
    Literal["family", "one", "each"] | None,
    typer.Option(help="How dimensions share a judge's call; family by default."),
]
MaxConnections = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Requests at a time, per provider; adaptive by default."),
]
MaxSamples = Annotated[int | None, typer.Option(min=1, metavar="N", help="Audits at a time; 100 by default.")]
MaxCost = Annotated[
    float | None, typer.Option(min=0, metavar="USD", help="What all calls together may cost at most.")
]
MaxTokens = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Tokens of all calls together, cached ones too.")
]
MaxTime = Annotated[
    str | None, typer.Option(metavar="DURATION", help="No new turns after so long, such as 90s or 1h30m.")
]
Rpm = Annotated[
    list[str] | None, typer.Option(metavar="MODEL=N", help="Requests a minute to a model; repeat for more.")
]
AssumePrice = Annotated[
    str | None, typer.Option(metavar="IN,OUT", help="USD per million tokens where no price is known.")
]
NoPreflight = Annotated[
    bool,
    typer.Option("--no-preflight", help="Leave out the small call of each model before the first audit."),
]
Fork = Annotated[
    bool, typer.Option("--fork", help="A new run of the same plan, with everything as it is now.")
]
MoreEpochs = Annotated[
    int | None,
    typer.Option("--epochs", min=1, metavar="N", help="Repeats of each cell, with those there are."),
]
MoreTargets = Annotated[
    list[str] | None,
    typer.Option("--target", metavar="M", help="A model to audit beside those there are; repeat for more."),
]
Stored = Annotated[
    list[str],
    typer.Argument(metavar="RUN|LOG", help="A run, an Inspect log (.eval), or a folder of either."),
]
JudgeOffline = Annotated[bool, typer.Option("--offline", help="The built-in judge, if none is named.")]
Probe = Annotated[
    bool, typer.Option("--probe", help="Judge suspicious transcripts again, redacted, relabelled.")
]
Canaries = Annotated[
    bool, typer.Option("--canaries", help="Judge transcripts with known answers too, and report drift.")
]
Repeats = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Verdicts of each judge; 1 by default.")
]
Batch = Annotated[bool, typer.Option("--batch", help="The provider's batch API: cheaper, and hours later.")]
OnlyStored = Annotated[
    list[str] | None, typer.Option("--only", metavar="ID", help="Only these scenarios or audits.")
]
LimitStored = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many transcripts.")
]
AtOnce = Annotated[
    int | None,
    typer.Option("--max-samples", min=1, metavar="N", help="Transcripts at a time; 100 by default."),
]
SetName = Annotated[str | None, typer.Option("--name", help="A name for the set of verdicts, in its id.")]
Name = Annotated[str | None, typer.Option(help="A name for the run, in its id.")]
FailOn = Annotated[
    list[str] | None,
    typer.Option(metavar="'DIM>=X'", help="Exit with 1 at such a score, or such a rate: 'DIM.hit_rate>X'."),
]
JUnit = Annotated[
    str | None, typer.Option("--junit", metavar="FILE", help="Write what became of each audit as JUnit XML.")
]
SummaryMd = Annotated[
    str | None,
    typer.Option(
        "--summary-md", metavar="FILE", help="Add a summary in Markdown; GITHUB_STEP_SUMMARY is too."
    ),
]
NoJudge = Annotated[bool, typer.Option("--no-judge", help="Record only; score nothing.")]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A value in the file's place.")
]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout, and nothing else there.")]
Plain = Annotated[bool, typer.Option("--plain", help="Plain lines on a terminal too, no live display.")]
AskAbove = Annotated[
    float,
    typer.Option(
        "--ask-above",
        metavar="USD",
        min=0,
        envvar="PETRI_ASK_ABOVE",
        help="Ask before a run that may well cost more.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Never ask; for scripts.")]
Primary = Annotated[
    list[str] | None,
    typer.Option(metavar="DIM", help="A dimension that the comparison is about; repeat for up to five."),
]
Margin = Annotated[
    float | None,
    typer.Option(
        metavar="POINTS",
        callback=_above_zero,
        help="The smallest difference that would matter; a tenth of the scale by default.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Write over what is there.")]
