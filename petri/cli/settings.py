"""`--set KEY=VALUE`: a value of the scenario file, given on the command line."""

from collections.abc import Sequence

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from petri.errors import UsageError


def read_settings(given: Sequence[str]) -> dict[str, object]:
    """Read settings such as ``audit.max_turns=5``; the value is YAML, so that lists and mappings can be given."""
    settings: dict[str, object] = {}
    for text in given:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            message = f"--set {text!r}: write KEY=VALUE, such as audit.max_turns=5"
            raise UsageError(message)
        try:
            settings[key.strip()] = YAML(typ="safe", pure=True).load(value)
        except YAMLError as error:
            message = f"--set {text!r}: the value is not valid YAML"
            raise UsageError(message) from error
    return settings
