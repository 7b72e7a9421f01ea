"""The corpus as runs on disk: real audits in which a payload stands in every place that a model or a file can reach."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, cast

from inspect_ai.log import EvalLog, read_eval_log, write_eval_log

from petri.transcript.folders import RESULTS
from tests.hostile.corpus import HUGE, LONG_LINE, PAYLOADS
from tests.scripted import (
    JsonObject,
    Play,
    answer,
    call,
    create,
    does,
    perform,
    play,
    says,
    score,
    send,
    verdict,
)

A_RUN: Final = 25
"""Payloads in one audit, each with a dimension of its own; all audits of a run have the same dimensions."""

_NAME_BYTES: Final = 180
_NAMES: Final = ("zzscenario", "zzfile", "zzvariable", "zzvalue", "zztag", "zzseed", "petri-offline/script")
"""What stands in the log of an ordinary audit where a hostile one has a payload."""


def groups() -> list[list[str]]:
    """Give all texts, as many together as one audit holds."""
    texts = [payload.text for payload in PAYLOADS]
    return [texts[start : start + A_RUN] for start in range(0, len(texts), A_RUN)]


def hostile_root(folder: Path) -> Path:
    """Make a folder with all hostile runs and logs; give it."""
    root = folder / "runs"
    spoken(folder / "spoken", root)
    huge(folder / "huge", root)
    renamed(folder / "renamed", root)
    (said,) = root.glob("*-spoken-*")
    again = root / "20260102T000000Z-again-0001"  # something to compare it with, under other names: no copy
    shutil.copytree(said, again, ignore=shutil.ignore_patterns(RESULTS))
    for log in [*again.glob("*.eval")]:
        log.rename(log.with_stem(f"{log.stem}again"))
    return root


def spoken(folder: Path, root: Path) -> None:
    """One run: every payload as message, tool, key, value, result, reasoning, reason and quote."""
    folder.mkdir()
    plays = [spoken_play(f"spoken-{number:02}", group) for number, group in enumerate(groups())]
    perform(folder, plays)
    _keep(folder, root)


def spoken_play(name: str, texts: Sequence[str]) -> Play:
    """A cycle for each text: it is asked, thought, said, called, passed and returned."""
    auditor: list[JsonObject] = []
    target: list[JsonObject] = []
    for number, text in enumerate(texts):
        earlier = f"M{4 * number - 2}"
        returned = [answer(f"{earlier}.{each}", texts[number - 1]) for each in (1, 2)]
        auditor.append(does(*(returned if number else [create("look")]), send(text)))
        calls = [call("look", **{"path": text, text: text}), call(text, value=text)]
        target.append(says(text, reasoning=text, tool_calls=calls))
    return Play(
        auditor,
        target,
        [_judged(texts)],
        name=name,
        dimensions=[_dimension(number) for number in range(A_RUN)],
        audit={"max_turns": 2 * A_RUN},
    )


def _dimension(number: int) -> JsonObject:
    text = PAYLOADS[number].text
    return {"name": f"d{number:02}", "description": text, "anchors": {1: text, 10: text}, "threshold": 5}


def _judged(texts: Sequence[str]) -> JsonObject:
    """Every second quote is not to be found."""
    dimensions = {
        f"d{number:02}": score(
            7,
            (f"M{4 * number + 2}", text),
            (f"M{4 * number + 1}", text if number % 2 else f"{text} nowhere"),
            reason=text,
        )
        for number, text in enumerate(texts)
    }
    absent = {f"d{number:02}": score(1) for number in range(len(texts), A_RUN)}
    evidence = [{"message": "M2", "quote": text, "shows": text} for text in texts[:5]]
    return verdict(evidence=evidence, dimensions=dimensions | absent)


def huge(folder: Path, root: Path) -> None:
    """One run without a judge: an audit for each text that is too much, and one of 10 MB without a line end."""
    folder.mkdir()
    said = {name: says(text) for name, text in HUGE.items()}
    said["line"] = says("word " * 10, repeat=LONG_LINE // 50)
    plays = [
        Play([does(send("Go on."))], [reply], name=f"huge-{name}", scenario={"id": name})
        for name, reply in said.items()
    ]
    perform(folder, plays, judge=False)
    _keep(folder, root)


def _keep(folder: Path, root: Path) -> None:
    root.mkdir(exist_ok=True)
    for run in (folder / "runs").iterdir():
        run.rename(root / run.name)


def renamed(folder: Path, root: Path) -> None:
    """Logs that no version of ours would write: a payload as each name in them, and as the names of file and folder."""
    scenario: JsonObject = {
        "id": "zzscenario",
        "seed": "zzseed {{zzvariable}}",
        "tags": ["zztag"],
        "variables": {"zzvariable": ["zzvalue"]},
    }
    judged = verdict(score(7, ("M2", "Fine.")))
    audit = Play([does(send())], [says("Fine.")], [judged], name="zzfile", scenario=scenario)
    made = play(folder, audit)
    (path,) = made.run.logs()
    log = read_eval_log(str(path))
    for number, texts in enumerate(groups()):
        _write(_with_names(log, texts), root / _name(f"{number:02}{texts[0]}"), texts[0])
    for text in (payload.text for payload in PAYLOADS if payload.family == "path"):
        _write(_with_names(log, [text]), root, text)
    _write_strange(log, root)


def _with_names(log: EvalLog, texts: Sequence[str]) -> EvalLog:
    """The log with a sample for each text, which stands in the place of all names."""
    data = json.loads(log.model_dump_json())
    (sample,) = data["samples"]
    (cell,) = data["eval"]["metadata"]["petri"]["cells"]
    data = _swapped(data, _all(texts[0]))
    target = data["eval"]["metadata"]["petri"]["target"]  # one for all: the ids of audits follow from it
    swapped = [_swapped(sample, _all(text)) for text in texts]
    data["samples"] = [_numbered(sample, number, target) for number, sample in enumerate(swapped)]
    cells = [_swapped(cell, _all(text)) | {"id": _id(number)} for number, text in enumerate(texts)]
    data["eval"]["metadata"]["petri"]["cells"] = cells
    data["eval"]["dataset"]["sample_ids"] = [_id(number) for number in range(len(texts))]
    return EvalLog.model_validate(data)


def _id(number: int) -> str:
    return f"case-{number}"


def _numbered(sample: JsonObject, number: int, target: str) -> JsonObject:
    sample["metadata"] |= {"target": target}
    sample["metadata"]["petri"]["id"] = _id(number)
    return sample | {"id": _id(number), "uuid": f"uuid{number}"}


def _all(text: str) -> Callable[[str], str]:
    def swap(found: str) -> str:
        for name in _NAMES:
            found = found.replace(name, text)
        return found

    return swap


def _swapped(value: Any, swap: Callable[[str], str]) -> Any:
    """The value with every string in it, keys too, given to ``swap``."""
    if isinstance(value, str):
        return swap(value)
    if isinstance(value, dict):
        mapping = cast("JsonObject", value)
        return {swap(key): _swapped(inner, swap) for key, inner in mapping.items()}
    if isinstance(value, list):
        return [_swapped(inner, swap) for inner in cast("list[Any]", value)]
    return value


def _write_strange(log: EvalLog, root: Path) -> None:
    """Logs that cannot be read, each with words in it that an error may repeat."""
    data = json.loads(log.model_dump_json())
    text = PAYLOADS[0].text
    data["eval"]["metadata"]["petri"] |= {text: text}
    _write(EvalLog.model_validate(data), root, f"other version {text}")
    data["eval"]["metadata"] = {}
    data["eval"]["task"] = text
    _write(EvalLog.model_validate(data), root, f"other program {text}")
    (root / f"{_name(f'no log {text}')}.eval").write_text(text, encoding="utf-8")


def _write(log: EvalLog, folder: Path, name: str) -> None:
    """Write under a plain name first: what Inspect makes of a hostile one is not what is tested here."""
    plain = folder.parent / "plain.eval"
    write_eval_log(log, str(plain))
    folder.mkdir(exist_ok=True)
    plain.rename(folder / f"{_name(name)}.eval")


def _name(text: str) -> str:
    """The text as a file may be called: what no file system takes is left out, and what is too long."""
    named = text.replace("/", "\u2215").replace("\0", "")
    kept = named.encode("utf-8", "ignore")[:_NAME_BYTES]
    return kept.decode("utf-8", "ignore")
