"""What is served, as the server asks for it: ready JSON, made by the reader or taken from the index."""

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from petri.viewer.reader import Reader


class Library:
    """The runs below a folder, or one run or log; light, so that the server is up at once.

    Every method gives JSON of the model that is named, as bytes. Raises ``UnknownKey`` for a key that is not served,
    ``UnreadableLog`` for a log that cannot be read (its message has no path but below what is served).
    """

    def __init__(self, root: Path, log: Path | None = None, *, cache: Path | None = None) -> None:
        """Serve a folder (of runs, or a run's own), or one ``log`` in it; indexes are kept in the folder ``cache``.

        Without ``cache`` the index is in memory, and gone with the process.
        """
        self.root = root
        self.log = log
        self.cache = cache
        self.reader = Reader()
        """Runs heavy functions elsewhere: ``await library.reader.call("annotating.item", ...)``."""

    async def start(self) -> None:
        """Open the index, start the reader and look what there is; returns before anything was read."""
        raise NotImplementedError

    async def close(self) -> None:
        """Stop the reader and close the index."""
        raise NotImplementedError

    async def ready(self) -> None:
        """Return when all runs and audits are listed; texts may still be read for searching."""
        raise NotImplementedError

    def indexing(self) -> bytes:
        """Give ``Indexing``: how far the server is."""
        raise NotImplementedError

    async def runs(self) -> bytes:
        """Give ``RunList``."""
        raise NotImplementedError

    async def run(self, run: str) -> bytes:
        """Give ``RunDetail``."""
        raise NotImplementedError

    async def audits(self, runs: Sequence[str] = ()) -> bytes:
        """Give ``AuditList`` of these runs; without any, of all that are no sets of verdicts."""
        raise NotImplementedError

    async def transcript(self, run: str, audit: str) -> bytes:
        """Give ``TranscriptView``."""
        raise NotImplementedError

    async def reading(self, run: str, audit: str, judged: str | None = None) -> bytes:
        """Give ``JudgeReading``, as the judges of the run, or of the set of verdicts with the key ``judged``, had it."""
        raise NotImplementedError

    async def raw(self, run: str, audit: str) -> bytes:
        """Give ``RawTranscript``."""
        raise NotImplementedError

    async def search(self, query: str, runs: Sequence[str] = (), limit: int = 50) -> bytes:
        """Give ``SearchAnswer`` with at most so many snippets; without ``runs``, over all."""
        raise NotImplementedError

    async def compare(
        self, left: str, right: str, left_target: str | None = None, right_target: str | None = None
    ) -> bytes:
        """Give ``ComparisonView`` of two runs or sets of verdicts, or of one target of each."""
        raise NotImplementedError

    def changes(self) -> AsyncGenerator[bytes]:
        """Yield a ``Change`` at once, and then whenever something changes on disk or in the index."""
        raise NotImplementedError
