import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import validator_for

from petri.cli.main import main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", ["scenario", "rubric", "results", "transcript"])
def test_each_format_has_a_schema(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", kind]) == 0
    out, err = capsys.readouterr()
    schema: dict[str, Any] = json.loads(out)
    validator_for(schema).check_schema(schema)
    assert (schema["type"], schema["additionalProperties"], err) == ("object", False, "")


def test_events_have_a_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "events"]) == 0
    schema: dict[str, Any] = json.loads(capsys.readouterr().out)
    validator_for(schema).check_schema(schema)
    assert {*schema["discriminator"]["mapping"]} >= {"started", "progress", "audit", "flag", "finished"}


@pytest.mark.parametrize(
    ("kind", "path"),
    [("scenario", "scenarios/scenario.schema.json"), ("rubric", "judges/rubric.schema.json")],
)
def test_the_committed_schemas_are_what_it_prints(
    kind: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["schema", kind])
    assert capsys.readouterr().out == (ROOT / path).read_text(encoding="utf-8")
