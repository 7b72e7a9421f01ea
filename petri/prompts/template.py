"""``{{name}}`` in a text, filled in one pass: what a value holds is never read as a placeholder again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from petri.errors import TemplateError

_BRACES: Final = re.compile(r"\{\{(?:([a-z0-9][a-z0-9_-]{0,63})\}\})?")
_SHOWN: Final = 24


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A ``{{`` in a text: where it starts, what stands there, and the name if it is well formed."""

    start: int
    text: str
    name: str | None


def placeholders(text: str) -> tuple[Placeholder, ...]:
    """Give every ``{{`` of a text in order; where it does not begin ``{{name}}``, the name is None."""
    return tuple(
        Placeholder(found.start(), found[0] if found[1] else _excerpt(text, found.start()), found[1])
        for found in _BRACES.finditer(text)
    )


def fill(text: str, values: Mapping[str, object]) -> str:
    """Give the text with each ``{{name}}`` replaced by its value; a value that the text does not name is left out.

    Raises ``TemplateError`` for a name without a value and for ``{{`` that begins no placeholder.
    """

    def value(found: re.Match[str]) -> str:
        if found[1] is None:
            raise TemplateError(malformed(_excerpt(text, found.start())))
        if found[1] not in values:
            raise TemplateError(f"{found[0]} has no value; given: {', '.join(values) or 'none'}")
        return as_text(values[found[1]])

    return _BRACES.sub(value, text)


def fill_known(text: str, values: Mapping[str, object]) -> str:
    """Give the text with these values filled and all else as it is: for contents that may be code."""
    return _BRACES.sub(
        lambda found: as_text(values[found[1]]) if found[1] in values else found[0],
        text,
    )


def as_text(value: object) -> str:
    """Give a value as it stands in a filled text: as a person would write it in the file."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def malformed(excerpt: str) -> str:
    """Say what is wrong with a ``{{`` that begins no placeholder."""
    return (
        f"{excerpt!r} is not a placeholder; write {{{{name}}}} without spaces, "
        "the name in lower-case letters, digits, '-' and '_'"
    )


def _excerpt(text: str, start: int) -> str:
    line = text[start : start + _SHOWN].split("\n", 1)[0]
    end = line.find("}}")
    return line if end < 0 else line[: end + 2]
