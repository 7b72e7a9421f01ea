"""How faults speak: what was found, where, what would be right, and the name that was probably meant."""

import difflib
from collections.abc import Iterable
from typing import Final

_LONGEST: Final = 60


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Give `` (did you mean 'x'?)`` for the nearest choice; nothing where none is near."""
    lower = {choice.lower(): choice for choice in choices}
    near = difflib.get_close_matches(word.lower(), lower, n=1)
    return f" (did you mean {lower[near[0]]!r}?)" if near else ""


def found(value: object) -> str:
    """Say what stands in a file, shortened to one line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def one_of(choices: Iterable[str]) -> str:
    """Give ``a, b or c``, each once."""
    *rest, last = dict.fromkeys(choices)
    return f"{', '.join(rest)} or {last}" if rest else last
