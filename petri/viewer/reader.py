"""The process that reads logs, so that the server need not: it alone loads Inspect and what else is heavy."""


class Reader:
    """One process that runs functions by name; started anew where it dies."""

    def start(self) -> None:
        """Start the process in the background."""
        raise NotImplementedError

    async def call(self, name: str, *args: object) -> bytes:
        """Run ``petri.viewer.MODULE``'s public ``FUNCTION``, named ``MODULE.FUNCTION``, and give the bytes it returns.

        Arguments are what JSON has (and tuples). Raises what it raises, and ``ReaderDied`` where it killed the process.
        """
        raise NotImplementedError

    async def close(self) -> None:
        """End the process."""
        raise NotImplementedError
