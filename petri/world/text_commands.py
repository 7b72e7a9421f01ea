"""Commands that read text, and those that tell about the machine."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from itertools import groupby
from typing import Final

from petri.errors import WorldError
from petri.world.command import Arguments, Output, Program, Tally, count, lines_of
from petri.world.patterns import MOST_STEPS, Pattern
from petri.world.state import World

MOST_READ: Final = 8_000_000
"""Characters that one command may read."""
_MOST_PATTERNS: Final = 20
_LONGEST_SLEEP: Final = 86_400
_DATE_PARTS: Final = frozenset("YmdHMSFTyjuaAbBzZs%")


def read(tally: Tally, given: Arguments, stdin: str) -> Iterator[tuple[str, str]]:
    """Give each operand that can be read, with its text; without operands what comes in, under ``-``."""
    room = MOST_READ
    for operand in given.operands or ["-"]:
        if operand == "-":
            yield "-", stdin
            continue
        try:
            text = "" if operand == "/dev/null" else tally.world.disk.text(tally.world.resolve(operand))
        except WorldError as fault:
            tally.fail(f"{operand}: {fault}")
            continue
        room -= len(text)
        if room < 0:
            raise WorldError("read error: Cannot allocate memory")
        yield operand, text


def _cat(world: World, given: Arguments, stdin: str) -> Output:
    tally = Tally("cat", world)
    lines = 0
    for _, text in read(tally, given, stdin):
        if not given.has("n"):
            tally.write(text)
            continue
        numbered = enumerate(lines_of(text), start=lines + 1)
        tally.write(*(f"{number:>6}\t{line}\n" for number, line in numbered))
        lines += len(lines_of(text))
    return tally.output()


def _echo(world: World, given: Arguments, _: str) -> Output:
    words = list(given.operands)
    flags = ""
    while words and words[0] in {"-n", "-e", "-E", "-ne", "-en"}:
        flags += words.pop(0)
    text = " ".join(words)
    if "e" in flags:
        text = text.replace("\\n", "\n").replace("\\t", "\t")
    return Output(world, text + ("" if "n" in flags else "\n"))


def _head(world: World, given: Arguments, stdin: str) -> Output:
    return _ends("head", world, given, stdin)


def _tail(world: World, given: Arguments, stdin: str) -> Output:
    return _ends("tail", world, given, stdin)


def _ends(command: str, world: World, given: Arguments, stdin: str) -> Output:
    """Give the first or last lines of each operand."""
    tally = Tally(command, world)
    asked = given.flags.get("n", "10")
    number = count(asked.lstrip("+-"))
    for operand, text in read(tally, given, stdin):
        if len(given.operands) > 1:
            tally.write(f"{'' if tally.is_empty else chr(10)}==> {operand} <==\n")
        kept = text.split("\n")
        ended = kept[-1] == ""
        kept = kept[:-1] if ended else kept
        if "c" in given.flags:
            size = count(given.flags["c"], "number of bytes")
            tally.write(text[:size] if command == "head" else text[len(text) - min(size, len(text)) :])
            continue
        start, end = _span(command, asked[:1], number, len(kept))
        tally.write("\n".join(kept[start:end]))
        if kept[start:end] and (ended or end < len(kept)):
            tally.write("\n")
    return tally.output()


def _span(command: str, sign: str, number: int, lines: int) -> tuple[int, int]:
    """Give the first line that is shown and the first after it that is not."""
    if command == "head":
        return 0, max(lines - number, 0) if sign == "-" else min(number, lines)
    return (max(number - 1, 0) if sign == "+" else max(lines - number, 0)), lines


def _wc(world: World, given: Arguments, stdin: str) -> Output:
    tally = Tally("wc", world)
    kinds = [kind for kind in "lwmc" if given.has(kind)] or ["l", "w", "c"]
    total = dict.fromkeys(kinds, 0)
    rows: list[tuple[dict[str, int], str]] = []
    for operand, text in read(tally, given, stdin):
        sizes = {"l": text.count("\n"), "w": len(text.split()), "m": len(text), "c": len(text.encode())}
        rows.append(({kind: sizes[kind] for kind in kinds}, "" if operand == "-" else f" {operand}"))
        total = {kind: total[kind] + sizes[kind] for kind in kinds}
    if len(given.operands) > 1:
        rows.append((total, " total"))
    width = max((len(str(size)) for sizes, _ in rows for size in sizes.values()), default=1)
    width = width if len(rows) > 1 or len(kinds) > 1 else 1
    for sizes, shown in rows:
        tally.write(" ".join(f"{size:>{width}}" for size in sizes.values()) + f"{shown}\n")
    return tally.output()


def _grep(world: World, given: Arguments, stdin: str) -> Output:
    operands = list(given.operands)
    if "e" not in given.flags and not operands:
        raise WorldError("no pattern given")
    wanted = given.flags["e"] if "e" in given.flags else operands.pop(0)
    syntax = "fixed" if given.has("F") else "extended" if given.has("E") else "basic"
    if wanted.count("\n") >= _MOST_PATTERNS:
        raise WorldError("Regular expression too big")
    wants = wanted.split("\n")
    steps = MOST_STEPS // len(wants)
    patterns = [Pattern(each, syntax, ignore_case=given.has("i"), steps=steps) for each in wants]
    tally = Tally("grep", world, failure=2)
    recursive = given.has("rR")
    places = _grep_files(tally, operands, recursive=recursive)
    named = not given.has("h") and (given.has("H") or recursive or len(operands) > 1)
    matched = False
    for shown, text in read(tally, Arguments(operands=places), stdin) if places else ():
        hits = [
            (number, line)
            for number, line in enumerate(lines_of(text), start=1)
            if any(each.is_in(line) for each in patterns) != given.has("v")
        ]
        matched = matched or bool(hits)
        tally.write(*_hits(hits, given, shown if shown != "-" else "(standard input)", named=named))
    return tally.output(0 if matched else 1)


def _grep_files(tally: Tally, operands: list[str], *, recursive: bool) -> list[str]:
    """Give the files to search, named from the operands."""
    if not recursive:
        return operands or ["-"]
    disk, files = tally.world.disk, list[str]()
    for operand in operands or ["."]:
        try:
            whole = tally.world.resolve(operand)
            start = len(whole.rstrip("/"))
            below = [path for path in tally.below(whole) if not disk.entry(path).is_folder]
        except WorldError as fault:
            tally.fail(f"{operand}: {fault}")
            continue
        prefix = operand.rstrip("/") if operands else "."
        files += [prefix + path[start:] if path != whole else operand for path in below]
    return files


def _hits(hits: list[tuple[int, str]], given: Arguments, shown: str, *, named: bool) -> Iterator[str]:
    if given.has("q"):
        return
    if given.has("l"):
        yield f"{shown}\n" if hits else ""
        return
    prefix = f"{shown}:" if named else ""
    if given.has("c"):
        yield f"{prefix}{len(hits)}\n"
        return
    for number, line in hits:
        yield f"{prefix}{f'{number}:' if given.has('n') else ''}{line}\n"


def _sort(world: World, given: Arguments, stdin: str) -> Output:
    tally = Tally("sort", world, failure=2)
    lines = [line for _, text in read(tally, given, stdin) for line in lines_of(text)]
    if given.has("u"):
        lines = list(dict.fromkeys(lines))
    lines.sort()
    if given.has("n"):
        lines.sort(key=_number)
    elif given.has("f"):
        lines.sort(key=str.casefold)
    if given.has("r"):
        lines.reverse()
    tally.write(*(f"{line}\n" for line in lines))
    return tally.output()


def _number(line: str) -> float:
    """The number a line begins with, 0 where there is none, as ``sort -n`` takes it."""
    text = line.strip()
    digits = ""
    for char in text:
        if not (char in "0123456789." or (char == "-" and not digits)) or (char == "." and "." in digits):
            break
        digits += char
    return float(digits) if any(map(str.isdecimal, digits)) else 0.0


def _uniq(world: World, given: Arguments, stdin: str) -> Output:
    tally = Tally("uniq", world)
    lines = [line for _, text in read(tally, given, stdin) for line in lines_of(text)]
    groups = [(line, len(list(same))) for line, same in groupby(lines)]
    if given.has("d"):
        groups = [group for group in groups if group[1] > 1]
    if given.has("u"):
        groups = [group for group in groups if group[1] == 1]
    tally.write(*(f"{number:>7} {line}\n" if given.has("c") else f"{line}\n" for line, number in groups))
    return tally.output()


def _date(world: World, given: Arguments, _: str) -> Output:
    now = world.now.astimezone(UTC) if given.has("u") else world.now
    default = "%Y-%m-%d" if given.has("I") else "%a %b %e %H:%M:%S %Z %Y"
    form = next((each[1:] for each in given.operands if each.startswith("+")), default)
    form = form.replace("%e", f"{now.day:>2}")
    parts = form.split("%%")
    letters = {piece[:1] for part in parts for piece in part.split("%")[1:]}
    if not letters <= _DATE_PARTS:
        raise WorldError(f"invalid format '+{form}'")
    return Output(world, "%".join(now.strftime(part) if part else "" for part in parts) + "\n")


def _sleep(world: World, given: Arguments, _: str) -> Output:
    if not given.operands:
        raise WorldError("missing operand")
    seconds = sum(count(each.removesuffix("s"), "time interval") for each in given.operands)
    if seconds > _LONGEST_SLEEP:
        raise WorldError(f"invalid time interval '{seconds}'")
    return Output(world.later(timedelta(seconds=seconds)))


TEXT_COMMANDS: Final = {
    "cat": Program(_cat, "n"),
    "echo": Program(_echo, raw=True),
    "head": Program(_head, "#", "nc", long={"--lines": "n", "--bytes": "c"}),
    "tail": Program(_tail, "#", "nc", long={"--lines": "n", "--bytes": "c"}),
    "wc": Program(_wc, "lwmc", long={"--lines": "l", "--words": "w", "--bytes": "c"}),
    "grep": Program(
        _grep,
        "rRilnvcqhHEFs",
        "e",
        long={"--recursive": "r", "--ignore-case": "i", "--line-number": "n", "--count": "c"},
        failure=2,
    ),
    "sort": Program(_sort, "nruf", failure=2),
    "uniq": Program(_uniq, "cdu"),
    "date": Program(_date, "uI"),
    "whoami": Program(lambda world, _given, _: Output(world, f"{world.user}\n")),
    "hostname": Program(lambda world, _given, _: Output(world, f"{world.host}\n"), "fs"),
    "sleep": Program(_sleep),
    "true": Program(lambda world, _given, _: Output(world)),
    "false": Program(lambda world, _given, _: Output(world, code=1)),
}
