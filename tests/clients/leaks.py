"""Where a secret shows: every byte of a run's files, and every request but for the header that carries the key."""

import json
from pathlib import Path

from inspect_ai.log import read_eval_log

from tests.clients.players import Ran

CARRIERS = {"authorization", "x-api-key"}


def leaks(secret: str, ran: Ran) -> list[str]:
    """The files and requests in which the secret stands."""
    found = [path.name for path in files_with(secret, ran.folder)]
    for exchange in ran.exchanges:
        headers = {name: value for name, value in exchange.headers.items() if name not in CARRIERS}
        if secret in json.dumps([headers, exchange.body], ensure_ascii=False):
            found.append(f"request {exchange.number}")
    return found


def files_with(secret: str, folder: Path) -> list[Path]:
    """The files below a folder that hold the secret, compressed or not."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and _holds(path, secret)]


def _holds(path: Path, secret: str) -> bool:
    if secret.encode() in path.read_bytes():
        return True
    # A log is a ZIP file whose members the standard library cannot always unpack; Inspect gives all that is in them.
    return path.suffix == ".eval" and secret in read_eval_log(str(path)).model_dump_json()
