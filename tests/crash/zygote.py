"""A process that has loaded everything, and forks ``petri`` commands: told by lines of JSON, it answers by lines.

    python -m tests.crash.zygote '["audit", …]'   the command is run once, and what it loads is loaded

A child can be told to die in the midst of its writing: see ``writes``.
"""

import contextlib
import importlib
import json
import os
import signal
import sys
from typing import Any

from petri.cli.main import main
from tests.crash.writes import arm


def _loaded_by(args: list[str]) -> list[str]:
    """Give the modules that a command loads, by running it in a process of its own."""
    read, write = os.pipe()
    if os.fork() == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        main(args)
        with os.fdopen(write, "w") as out:
            out.write(" ".join(sys.modules))
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as names:
        return names.read().split()


def _child(told: dict[str, Any]) -> None:
    """Run a command that talks to a file, or to a terminal that is its own; it hears signals even under nohup."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    out = os.open(told["log"], os.O_RDWR | os.O_CREAT | os.O_APPEND)
    for number in (0, 1, 2) if os.isatty(out) else (1, 2):
        os.dup2(out, number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1, closefd=False) for number in (1, 2))
    os.environ |= told.get("environment", {})
    arm(told)
    os._exit(main(told["args"]))


def _say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def serve() -> None:
    """Fork a command for each line: answer with its process id, and with its exit code when it has ended."""
    for name in _loaded_by(json.loads(sys.argv[1])):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    _say("ready")
    for line in sys.stdin:
        told = json.loads(line)
        child = os.fork()
        if child == 0:
            _child(told)
        _say(child)
        _, status = os.waitpid(child, 0)
        _say(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    serve()
