"""What a tool is for, by its name: it reads, checks, or acts."""

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

Kind = Literal["reads", "checks", "acts"]

_READS: Final = re.compile(
    r"^(read|get|list|load|fetch|search|look|show|open|find|inspect|query|view)|clock|calendar", re.IGNORECASE
)
_CHECKS: Final = re.compile(r"test|check|verify|validate|diff|reconcile|lint", re.IGNORECASE)
_SHELL: Final = re.compile(r"(^|_)(shell|bash|terminal|command|exec)", re.IGNORECASE)
_LOOKING: Final = re.compile(r"\s*(ls|cat|head|tail|wc|grep|find|stat|du|pwd|date|whoami)\b[^>]*\Z")


def kind_of(name: str) -> Kind:
    """What the tool is for; a shell counts as reading, as what it does depends on the command."""
    if _READS.search(name) or is_shell(name):
        return "reads"
    return "checks" if _CHECKS.search(name) else "acts"


def is_shell(name: str) -> bool:
    """Whether the tool takes commands."""
    return bool(_SHELL.search(name))


def is_act(name: str, arguments: Mapping[str, Any]) -> bool:
    """Whether a call does more than read or check; a command does where it is not one that only looks."""
    if is_shell(name):
        return not all(_LOOKING.match(value) for value in arguments.values() if isinstance(value, str))
    return kind_of(name) == "acts"
