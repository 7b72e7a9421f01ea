"""Messages of the server itself, apart from those of ``wire.py``: whoever says only these need not load Inspect."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Wire(BaseModel):
    """A message between server and page."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Indexing(Wire):
    """How far the server is with reading what it serves."""

    runs_done: int
    runs: int
    texts_done: int
    """Audits whose texts can be searched."""
    texts: int
    """Audits whose texts there are, as far as is known."""
    unreadable: tuple[str, ...] = ()
    """What could not be read: the name of a run or log, and why."""


class About(Wire):
    """What this server is and what it lets the page do."""

    petri: str
    """The version."""
    mode: Literal["view", "annotate", "export", "report"]
    """To look; to score, blind to the judges; a file that holds all it shows; or one that opens with a report."""
    title: str
    """What is served: a folder's name or a run's id."""
    indexing: Indexing | None
    """None where there is nothing to read."""
    note: str | None = None
    """Of an exported file: what it leaves out, and how many secrets were removed."""
    report: str | None = None
    """Of a file that opens with a report: the key of the run, or set of verdicts, that it is of."""


class Saved(Wire):
    """That something was written."""

    saved: Literal[True] = True


class SessionRequest(Wire):
    """The token of the address, to be exchanged for a cookie."""

    token: str = Field(max_length=200)


class Problem(Wire):
    """Why a request was not answered, for a person; never with paths or traces."""

    problem: str


class Change(Wire):
    """Something changed on disk; sent while a page is open."""

    runs: tuple[str, ...]
    """Keys of runs whose audits are others now."""
    indexing: Indexing
