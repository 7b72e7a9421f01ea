"""One thing that was looked at, and what is to be said of it."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warning", "problem"]
"""problem: an audit cannot run, or not as asked; warning: it can, and may surprise."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found; ``remedy`` says what would be right, where it is not."""

    area: str
    status: Status
    said: str
    remedy: str = ""
