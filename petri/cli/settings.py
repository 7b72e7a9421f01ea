"""`--set KEY=VALUE`: a value of the scenario file, given on the command line."""

from collections.abc import Sequence

from petri.document.parse import parse_document
from petri.document.source import Source
from petri.errors import InvalidFile, UsageError


def read_settings(given: Sequence[str]) -> dict[str, object]:
    """Read settings such as ``audit.max_turns=5``; a value is YAML, by the same rules as in a file."""
    settings: dict[str, object] = {}
    for text in given:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            raise UsageError(f"--set {text!r}: write KEY=VALUE, such as audit.max_turns=5")
        document = parse_document(Source(f"--set {key.strip()}", value, ""), name="the value")
        if document.faults:
            raise InvalidFile(document.faults)
        settings[key.strip()] = document.data
    return settings
