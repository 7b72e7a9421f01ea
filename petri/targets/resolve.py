"""From ``module:name`` to the Python object a run names as its target."""

import re
import sys
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

from petri.boundary import Failure, attempted
from petri.errors import UsageError

_NAME: Final = re.compile(r"(?P<module>[^\W\d]\w*(\.[^\W\d]\w*)*):(?P<name>[^\W\d]\w*(\.[^\W\d]\w*)*)")


def resolve_target(name: str) -> object:
    """Import what ``module:name`` names; raises ``UsageError`` if there is no such module or object.

    The module is looked for as ``python -m`` does, the current folder first. Importing runs its code.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise UsageError(
            f"{name!r} names no Python object; write module:name, such as my_bots.support:answer"
        )
    found: object = _module(match["module"])
    path = match["module"] + ":"
    for part in match["name"].split("."):
        if not hasattr(found, part):
            raise UsageError(f"{path.rstrip(':')!r} has no {part!r}{_meant(part, found)}")
        found = getattr(found, part)
        path += part
    return found


def _module(name: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    made = attempted(lambda: _import(name), f"importing {name}")
    if not isinstance(made, Failure):
        return made
    missing = made.error.name if isinstance(made.error, ModuleNotFoundError) else None
    if missing is not None and f"{name}.".startswith(f"{missing}."):
        raise UsageError(
            f"there is no Python module {missing!r}, in {here} or installed; targets of the form module:name"
            " are imported from there"
        )
    raise UsageError(f"{made.message} ({type(made.error).__name__})") from made.error


def _import(name: str) -> ModuleType:
    """Import a module; one that ends the process, as scripts do, is an error like any other."""
    try:
        return import_module(name)
    except SystemExit as end:
        raise ImportError(
            f"the module ends the process when it is imported (SystemExit {end.code!r}); keep what it does as a"
            ' script below `if __name__ == "__main__":`'
        ) from end


def _meant(word: str, owner: object) -> str:
    close = get_close_matches(word, [name for name in dir(owner) if not name.startswith("_")], n=1)
    return f", did you mean {close[0]!r}?" if close else ""
