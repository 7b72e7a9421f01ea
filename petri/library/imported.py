"""Seeds of other tools as a scenario file, and what of them could not be carried over, each key by its name."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final, cast

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from petri.document.fields import make_slug
from petri.document.source import MAX_BYTES
from petri.errors import UsageError
from petri.library.foreign import Collection, Item
from petri.scenario.schema import Scenario

_SEED: Final = ("seed", "input", "prompt", "instruction", "instructions", "seed_instructions", "text")
_NAMES: Final = ("id", "name", "title", "slug")
_CARRIED: Final = (
    *("severity", "observable", "validity", "guidance", "stop_when", "system"),
    *("tactic", "domain", "language", "date"),
)
_LONGEST_ID: Final = 58
_WIDTH: Final = 120
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_BREAK: Final = re.compile("\r\n|[\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Imported:
    """A scenario file's text, and what is not in it: reason -> how often."""

    text: str
    scenarios: int
    lost: Mapping[str, int]

    def told(self) -> Iterator[str]:
        """Yield a line for each thing that was not carried over."""
        for reason, count in self.lost.items():
            yield f"not carried over: {reason}" + (f" ({count} times)" if count > 1 else "")


def as_scenario_file(collection: Collection, name: str, origin: str) -> Imported:
    """Give seeds as a valid file with this name; raises ``UsageError`` where none can be used or they are too many."""
    lost: Counter[str] = Counter(f"{key!r}, which is said of all seeds together" for key in collection.shared)
    taken: set[str] = set()
    scenarios: list[dict[str, Any]] = []
    for item in collection.items:
        scenario = _scenario(item, taken, lost)
        if scenario is not None:
            scenarios.append(scenario)
    if not scenarios:
        raise UsageError(f"{origin} holds no seed: no text under {', '.join(_SEED)}")
    head: dict[str, Any] = {"petri": 1, "name": name}
    if collection.description:
        head["description"] = _text(collection.description, lost)
    text = (
        f"# yaml-language-server: $schema=scenario.schema.json\n{_dumped({**head, 'scenarios': scenarios})}"
    )
    if len(text.encode("utf-8")) > MAX_BYTES:
        raise UsageError(f"{origin}: more than {MAX_BYTES:,} bytes in one file; bring it in in parts")
    return Imported(text, len(scenarios), dict(lost))


def _scenario(item: Item, taken: set[str], lost: Counter[str]) -> dict[str, Any] | None:
    fields = {key: value for key, value in item.fields.items() if value is not None}
    key = next((key for key in _SEED if isinstance(fields.get(key), str) and fields[key].strip()), None)
    if key is None:
        lost[f"{item.origin}: it has no text"] += 1
        return None
    seed = _text(fields.pop(key), lost)
    if not seed:
        lost[f"{item.origin}: it has no text that can be written"] += 1
        return None
    named = next((name for name in _NAMES if isinstance(fields.get(name), str | int)), None)
    scenario: dict[str, Any] = {"id": _free_id(str(fields.pop(named)) if named else item.name, taken)}
    tags = _tags(fields.pop("tags", None), lost)
    if tags:
        scenario["tags"] = tags
    scenario["seed"] = seed
    for key, value in fields.items():
        reason = _carried(scenario, key, value, lost)
        if reason is not None:
            lost[f"{key!r}, {reason}"] += 1
    return scenario


def _carried(scenario: dict[str, Any], key: str, value: Any, lost: Counter[str]) -> str | None:
    """Add a key that a scenario has too; give the reason where it cannot be added."""
    if key not in _CARRIED:
        return "which has no place in a scenario"
    if not isinstance(value, str):
        return "which is no text"
    text = _text(value, lost)
    try:
        Scenario.model_validate({"id": "a", "seed": "s", key: text})
    except ValidationError as error:
        return f"which {error.errors(include_url=False)[0]['msg']}"
    scenario[key] = text
    return None


def _tags(given: Any, lost: Counter[str]) -> list[str]:
    if given is None:
        return []
    listed = re.split(r"[,;]", given) if isinstance(given, str) else given
    if not isinstance(listed, list):
        lost["'tags', which are no list"] += 1
        return []
    texts = [each for each in cast("list[Any]", listed) if isinstance(each, str) and each.strip()]
    return list(dict.fromkeys(make_slug(each) for each in texts))


def _free_id(name: str, taken: set[str]) -> str:
    """Give the slug of a name that nobody has yet."""
    slug = make_slug(name)[:_LONGEST_ID].rstrip("-_")
    free, number = slug, 2
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    taken.add(free)
    return free


def _text(text: str, lost: Counter[str]) -> str:
    """Give a text as a scenario can hold it: its braces are no variables, and what cannot be written is left out."""
    lines = _UNPRINTABLE.sub("", _BREAK.sub("\n", text)).split("\n")
    kept = "\n".join(line.rstrip() for line in lines).strip()
    if _UNPRINTABLE.search(text):
        lost["characters that cannot stand in a text file"] += 1
    if "{{" in kept:
        lost["'{{', which would be a variable, and is written '{ {'"] += 1
    while "{{" in kept:
        kept = kept.replace("{{", "{ {")
    return LiteralScalarString(kept + "\n") if "\n" in kept else kept


def _dumped(data: Mapping[str, Any]) -> str:
    yaml: Any = YAML()
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    written = StringIO()
    yaml.dump(dict(data), written)
    return written.getvalue()
