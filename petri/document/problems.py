"""What is wrong with a text that is no YAML, in words that help a person who does not know the parser's."""

import re
from typing import Final

_TAB: Final = re.compile(r"[ \t]*\t")
_PROBLEMS: Final = (
    (
        "mapping values are not allowed",
        "a ':' cannot stand here; put text that holds ': ' in quotes, or use '|'",
    ),
    ("<block end>", "this does not fit the lines above; check the indentation, quotes and brackets"),
    ("unexpected end of stream", "the file ends inside quotes that were never closed"),
    (
        "could not find expected ':'",
        "expected 'key: value' here; check the indentation, and for a missing ':'",
    ),
    ("<stream end>", "the file ends inside brackets that were never closed"),
    ("',' or ']'", "expected ',' or ']' here; check that '[' is closed on this line or above"),
    ("',' or '}'", "expected ',' or '}' here; text that starts with '{' must be in quotes"),
    (
        "unknown escape character",
        "unknown escape after '\\'; use single quotes, or write '\\\\' for one backslash",
    ),
    ("cannot start any token", "text cannot start with this character; put it in quotes"),
)


def syntax_problem(text: str, index: int, problem: str) -> tuple[int, str]:
    """Give where a syntax error lies and what it is; ``problem`` is the parser's word for it."""
    line = max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1
    tab = _TAB.match(text, line)
    if tab and (tab.end() > index or "'\\t'" in problem):
        return tab.end() - 1, "indented with a tab; use spaces"
    known = (ours for theirs, ours in _PROBLEMS if theirs in problem)
    return index, next(known, f"not valid YAML: {problem}")


def reader_problem(char: str) -> str:
    """Say what is wrong with a character that may not stand in YAML at all."""
    return f"the character U+{ord(char):04X} cannot stand in a text file; remove it, or write it as an escape in quotes"
