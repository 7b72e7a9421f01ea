"""Where output goes: data to stdout, talk to stderr; wide where no terminal sets a width, so that nothing is cut."""

from rich.console import Console

_WIDE = 200


def data() -> Console:
    """Give a console for data, on stdout."""
    return _console(stderr=False)


def talk() -> Console:
    """Give a console for talk, on stderr."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=_WIDE)
