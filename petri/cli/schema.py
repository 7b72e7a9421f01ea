"""`petri schema`: the JSON Schema of each file format, made from the models that read it."""

import json
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

import typer

from petri.analysis.results import Results
from petri.display.event_schema import events_json_schema
from petri.rubric.schema import rubric_json_schema
from petri.scenario.schema import scenario_json_schema
from petri.transcript.schema import Transcript

_SCHEMAS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "scenario": scenario_json_schema,
    "rubric": rubric_json_schema,
    "results": Results.model_json_schema,
    "transcript": Transcript.model_json_schema,
    "events": events_json_schema,
}


def command(
    kind: Annotated[
        Literal["scenario", "rubric", "results", "transcript", "events"],
        typer.Argument(help="Which file format; events are the lines of --json."),
    ],
) -> None:
    """Print the JSON Schema of a file format, for editors and for programs that read or write such files.

    Example: petri schema scenario > scenario.schema.json
    """
    typer.echo(json.dumps(_SCHEMAS[kind](), indent=2, ensure_ascii=False))
