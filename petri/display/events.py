"""The display of `--json`: one JSON object a line on stdout, and nothing else there."""

import json
from dataclasses import asdict
from typing import TextIO

from petri.analysis.results import Audit, Results
from petri.display.base import Display, Start


class EventDisplay(Display):
    """Writes the events ``started``, ``audit`` (one for each finished audit) and ``finished``."""

    def __init__(self, stream: TextIO) -> None:
        """Write to this stream."""
        self._stream = stream

    def started(self, start: Start) -> None:
        """Write what is about to run."""
        self._write({"event": "started", **asdict(start)})

    def finished_audit(self, audit: Audit, done: int, planned: int) -> None:
        """Write an audit's row, as it stands in results.json."""
        self._write(
            {"event": "audit", "done": done, "planned": planned, "audit": audit.model_dump(mode="json")}
        )

    def finished(self, results: Results, folder: str) -> None:
        """Write the run, its counts and its dimensions, as they stand in results.json."""
        summary = results.model_dump(
            mode="json", include={"run", "counts", "dimensions", "usage", "cost_usd"}
        )
        self._write({"event": "finished", "folder": folder, **summary})

    def _write(self, event: dict[str, object]) -> None:
        self._stream.write(json.dumps(event, ensure_ascii=False, allow_nan=False) + "\n")
        self._stream.flush()
