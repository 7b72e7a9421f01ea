"""Where runs and audits lie on disk, as the index has them; what the server tells the reader of them."""

from dataclasses import dataclass
from pathlib import Path

from petri.transcript.folders import Run


@dataclass(frozen=True, slots=True)
class FiledRun:
    """A run, a set of verdicts, or a log on its own."""

    key: str
    id: str
    """What it is called in lists."""
    folder: Path
    log: str | None = None
    """The file name of the one log that is meant."""

    @property
    def run(self) -> Run:
        """The folder to read."""
        return Run(self.folder, None if self.log is None else self.folder / self.log)


@dataclass(frozen=True, slots=True)
class FiledAudit:
    """A recorded audit."""

    run: FiledRun
    key: str
    id: str
    log: str
    """The file name of the log that holds it, in the run's folder."""
    sample: str | None = None
    """The sample that holds it; None where the log's header says which one it is."""
    epoch: int | None = None

    @property
    def path(self) -> Path:
        """The log that holds it."""
        return self.run.folder / self.log


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The audits before and after one in its run, each by the keys of run and audit."""

    previous: tuple[str, str] | None = None
    following: tuple[str, str] | None = None
