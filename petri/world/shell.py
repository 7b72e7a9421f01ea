"""A shell on the virtual file system. Nothing reaches a real one: what is not a command here is not found."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from petri.errors import WorldError
from petri.world.command import MOST_OUTPUT, Output, Program
from petri.world.file_commands import FILE_COMMANDS
from petri.world.globs import Globs, escape
from petri.world.shell_syntax import Command, Redirection, Step, Word, parse
from petri.world.state import World
from petri.world.text_commands import TEXT_COMMANDS

LONGEST_LINE: Final = 262_144
MOST_COMMANDS: Final = 20
MOST_ARGUMENTS: Final = 4_000
LONGEST_ARGUMENTS: Final = 131_072
NOT_FOUND: Final = 127
MISUSED: Final = 2
NULL: Final = "/dev/null"

COMMANDS: Final[dict[str, Program]] = {**FILE_COMMANDS, **TEXT_COMMANDS}

_VARIABLE: Final = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\}|(\?))")


def run_line(world: World, line: str) -> Output:
    """Run a command line; the current folder and the last exit code stay with the world."""
    if len(line) > LONGEST_LINE:
        return Output(world, err="bash: Argument list too long\n", code=MISUSED)
    try:
        steps = _parsed(line)
    except WorldError as fault:
        return Output(replace(world, exit_code=MISUSED), err=f"{fault}\n", code=MISUSED)
    shown = ""
    for step in steps:
        if (step.join == "&&" and world.exit_code) or (step.join == "||" and not world.exit_code):
            continue
        done = _pipeline(world, step)
        shown += done.err + done.out
        world = replace(done.world, exit_code=done.code)
        if len(shown) > MOST_OUTPUT:
            return Output(world, f"{shown[:MOST_OUTPUT]}\n[output truncated]\n", code=world.exit_code)
    return Output(world, shown, code=world.exit_code)


def _parsed(line: str) -> list[Step]:
    steps = parse(line)
    if sum(len(step.commands) for step in steps) > MOST_COMMANDS:
        raise WorldError("bash: fork: Resource temporarily unavailable")
    return steps


def _pipeline(world: World, step: Step) -> Output:
    stdin, errors, home = "", "", world.cwd
    done = Output(world)
    for command in step.commands:
        done = _command(done.world, command, stdin)
        stdin = done.out
        errors += done.err
    if len(step.commands) > 1:
        done = replace(done, world=replace(done.world, cwd=home))
    return replace(done, err=errors)


def _command(world: World, command: Command, stdin: str) -> Output:
    """Run one command with its redirections."""
    try:
        stdin = _input(world, command, stdin)
        world, sinks = _sinks(world, command.redirections)
        words = _expanded(world, command.words)
        return _sorted_out(_run(world, words, stdin), sinks)
    except WorldError as fault:
        return Output(world, err=f"bash: {fault}\n", code=1)


def _run(world: World, words: Sequence[str], stdin: str) -> Output:
    if not words:
        return Output(world)
    name, *rest = words
    program = COMMANDS.get(name.removeprefix("/usr").removeprefix("/bin/"))
    if program is None:
        return Output(world, err=f"bash: {name}: {_absent(world, name)}\n", code=NOT_FOUND)
    try:
        return program.run(world, program.read(rest), stdin)
    except WorldError as fault:
        shown = f"bash: {name}" if name == "cd" else name
        return Output(world, err=f"{shown}: {fault}\n", code=program.failure)


def _absent(world: World, name: str) -> str:
    """Say why a name is no command."""
    if "/" not in name:
        return "command not found"
    try:
        entry = world.disk.entry(world.resolve(name))
    except WorldError as fault:
        return str(fault)
    return "Is a directory" if entry.is_folder else "Permission denied"


def _input(world: World, command: Command, stdin: str) -> str:
    """Give what the command reads: of its redirections the last, else what comes through the pipe."""
    for each in command.redirections:
        text = _text_of(world, each.word)
        if each.operator == "<<":
            stdin = text
        elif each.operator == "<<<":
            stdin = f"{text}\n"
        elif each.operator == "<":
            stdin = "" if text == NULL else _read(world, text)
    return stdin


def _read(world: World, path: str) -> str:
    try:
        return world.disk.text(world.resolve(path))
    except WorldError as fault:
        raise WorldError(f"{path}: {fault}") from fault


def _sinks(world: World, redirections: Sequence[Redirection]) -> tuple[World, dict[str, str]]:
    """Give where the streams 1 and 2 go: a stream of the terminal, or a file, which is made or emptied at once."""
    sinks = {"1": "1", "2": "2"}
    for each in redirections:
        if each.operator.startswith("<"):
            continue
        text = _text_of(world, each.word)
        if each.operator == ">&" and text in sinks:
            sinks[str(each.stream)] = sinks[text]
            continue
        path = text
        if path != NULL:
            world, path = _opened(world, text, keep=">>" in each.operator)
        streams = list(sinks) if "&" in each.operator else [str(each.stream)]
        sinks |= dict.fromkeys(streams, path)
    return world, sinks


def _opened(world: World, asked: str, *, keep: bool) -> tuple[World, str]:
    """Give the world with a file made, or emptied unless it is kept, and the file's full path."""
    try:
        path = world.resolve(asked)
        if keep and world.disk.find(path) is not None:
            world.disk.text(path)
            return world, path
        return replace(world, disk=world.disk.write(path, "", world.stamp)), path
    except WorldError as fault:
        raise WorldError(f"{asked}: {fault}") from fault


def _sorted_out(done: Output, sinks: dict[str, str]) -> Output:
    """Send what a command wrote where its streams go."""
    world, shown = done.world, {"1": "", "2": ""}
    for stream, text in (("2", done.err), ("1", done.out)):
        sink = sinks[stream]
        if sink in shown:
            shown[sink] += text
        elif text and world.disk.find(sink) is not None:  # the command may have removed it
            whole = world.disk.text(sink) + text
            world = replace(world, disk=world.disk.write(sink, whole, world.stamp))
    return Output(world, shown["1"], shown["2"], done.code)


def _expanded(world: World, words: Sequence[Word]) -> list[str]:
    """Give the words as a command gets them: variables, ``~`` and patterns replaced."""
    fields: list[str] = []
    length = 0
    globs = Globs(world)
    for word in words:
        for field in _fields(world, word, globs):
            length += len(field) + 1
            if length > LONGEST_ARGUMENTS or len(fields) >= MOST_ARGUMENTS:
                raise WorldError("Argument list too long")
            fields.append(field)
    return fields


def _fields(world: World, word: Word, globs: Globs) -> Iterator[str]:
    text, pattern = "", ""
    for number, part in enumerate(word):
        value = part.text if part.mark == "'" else _filled(world, part.text)
        if number == 0 and part.mark == "" and (part.text.split("/")[0] == "~"):
            value = world.home + value[1:]
        text += value
        pattern += value if part.mark == "" else escape(value)
    if text or any(part.mark for part in word):
        yield from globs.matches(pattern, text) or [text]


def _text_of(world: World, word: Word) -> str:
    """Give a word as one text, such as the name of a file; patterns in it stand for themselves."""
    return "".join(part.text if part.mark == "'" else _filled(world, part.text) for part in word)


def _filled(world: World, text: str) -> str:
    values = {
        "HOME": world.home,
        "USER": world.user,
        "LOGNAME": world.user,
        "PWD": world.cwd,
        "HOSTNAME": world.host,
        "SHELL": "/bin/bash",
        "?": str(world.exit_code),
    }
    return _VARIABLE.sub(lambda found: values.get(found[1] or found[2] or found[3], ""), text)
