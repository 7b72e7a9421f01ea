"""Keys of runs and audits in addresses: opaque, and the same whenever the same is served."""

import hashlib
from typing import Final

_LENGTH: Final = 12


def run_key(run: str, path: str | None = None) -> str:
    """Give the key of a run, by its id; where two have one id, also by the path below what is served."""
    return _key(run if path is None else f"{run}\0{path}")


def audit_key(audit: str) -> str:
    """Give the key of an audit within its run, by its id."""
    return _key(audit)


def _key(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:_LENGTH]
