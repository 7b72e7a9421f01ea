"""One file of scenarios, whatever its kind: YAML, a Markdown seed, JSON lines. All faults of a file come together."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from petri.document.fields import Slug, StrictModel, make_slug
from petri.document.parse import Document, KeyPath, parse_document
from petri.document.source import Source, read_source
from petri.document.validate import validate
from petri.document.wording import found
from petri.errors import Fault, InvalidFile
from petri.scenario.checks import Place, head_faults, scenario_faults
from petri.scenario.schema import (
    Scenario,
    ScenarioBody,
    ScenarioFile,
    SingleScenarioFile,
    Tags,
)
from petri.scenario.steering import Skill, read_prompts, read_skills

SUFFIXES: Final = {".yaml", ".yml", ".md", ".jsonl"}
_FRONT_MATTER: Final = re.compile(r"---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_CONTENT: Final = re.compile(r"^[ \t]*[^#\s]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """A valid scenario file: its path as shown to people, the digest of its bytes, and what it says.

    ``folder`` is where paths in it start; ``head`` and ``places`` (by scenario id) say where things stand in the text.
    ``prompts`` (by name) and ``skills`` hold what stands in other files that it names.
    """

    path: str
    sha256: str
    spec: ScenarioFile
    folder: Path
    head: Document
    places: Mapping[str, Place]
    prompts: Mapping[str, str] = field(default_factory=dict[str, str])
    skills: tuple[Skill, ...] = ()

    def fault(self, path: KeyPath, message: str) -> Fault:
        """Give the fault of a value that the scenarios of the file share, such as ``("judge", "rubric", 0)``."""
        return self.head.fault(path, message)


class FrontMatter(StrictModel):
    """What may stand above a Markdown seed."""

    id: Slug | None = None
    name: str | None = None
    description: str = ""
    tags: Tags = ()
    canary: str | None = None


class SeedLine(ScenarioBody):
    """One line of a file of JSON lines; `input` may stand for `seed`."""

    id: Slug | None = None
    name: str | None = None
    description: str = ""
    canary: str | None = None


def load_file(path: Path, shown: str | None = None, *, flags: bool = False) -> LoadedFile:
    """Give the scenarios of one file; raises ``InvalidFile`` with every fault found.

    ``flags`` says that settings are still to be changed: whether they agree is then the plan's to say.
    """
    source = read_source(path, shown)
    readers = {".md": _read_markdown, ".jsonl": _read_lines}
    read = readers.get(path.suffix.lower(), _read_yaml)
    spec, head, places = read(source, make_slug(path.stem))
    prompts, of_prompts = read_prompts(spec, path.parent, head.fault)
    skills, of_skills = read_skills(spec, path.parent, head.fault)
    of_head = () if flags else head_faults(spec, head)
    of_scenarios = scenario_faults(spec, places, path.parent, modes=not flags)
    faults = [*of_head, *of_scenarios, *of_prompts, *of_skills]
    if faults:
        raise InvalidFile(sorted(faults))
    by_id = {scenario.id: place for scenario, place in zip(spec.scenarios, places, strict=True)}
    return LoadedFile(source.path, source.sha256, spec, path.parent, head, by_id, prompts, skills)


_Parts = tuple[ScenarioFile, Document, Sequence[Place]]


def _read_yaml(source: Source, _name: str) -> _Parts:
    document = parse_document(source)
    keys = document.data if isinstance(document.data, dict) else {}
    if "dimensions" in keys and keys.keys().isdisjoint({"seed", "scenarios"}):
        message = "a rubric file, where a scenario file is wanted; name rubrics under judge: rubric"
        raise InvalidFile([document.fault(("dimensions",), message, key=True)])
    if "seed" not in keys:
        spec = validate(document, ScenarioFile)
        return spec, document, [Place(document, ("scenarios", n)) for n in range(len(spec.scenarios))]
    if "scenarios" in keys:
        message = (
            "'seed' and 'scenarios' together; a file holds one scenario at the top level or a list of them"
        )
        raise InvalidFile([*document.faults, document.fault(("seed",), message, key=True)])
    return validate(document, SingleScenarioFile).as_file(), document, [Place(document, ())]


def _read_markdown(source: Source, name: str) -> _Parts:
    front, body = _front_matter(source)
    meta = validate(front, FrontMatter)
    text = source.text[body:]
    if not text.strip():
        raise InvalidFile([source.fault(body, "no text below the front matter; it is the seed")])
    start = len(source.text) - len(text.lstrip())
    document = Document(source, {"seed": text}, {(): 0, ("seed",): start})
    scenario = Scenario(id=meta.id or name, seed=text)
    title = make_slug(meta.name) if meta.name else scenario.id
    spec = ScenarioFile(
        petri=1, name=title, description=meta.description, tags=meta.tags, scenarios=(scenario,)
    )
    return spec, document, [Place(document, ())]


def _front_matter(source: Source) -> tuple[Document, int]:
    """Give the front matter and where the body starts; a file that does not start with ``---`` has none."""
    block = _FRONT_MATTER.match(source.text)
    if block and _CONTENT.search(block[1]):
        return parse_document(
            source, start=block.start(1), end=block.end(1), name="the front matter"
        ), block.end()
    if not block and re.match(r"---[ \t]*\r?\n", source.text):
        raise InvalidFile([source.fault(0, "the front matter is not closed; end it with a line '---'")])
    return Document(source, {}, {(): 0}), block.end() if block else 0


def _read_lines(source: Source, name: str) -> _Parts:
    faults: list[Fault] = []
    scenarios: list[Scenario] = []
    places: list[Place] = []
    for number, start, line in _lines(source.text):
        document = Document(source, None, {(): start}, name=f"line {number}")
        try:
            seed = validate(_with_data(document, line), SeedLine)
        except InvalidFile as error:
            faults += error.faults
            continue
        scenarios.append(_from_line(seed, f"{name[:54]}-{number}"))
        places.append(Place(document, ()))
    if not scenarios and not faults:
        faults.append(Fault(source.path, 0, 0, "the file is empty"))
    if faults:
        raise InvalidFile(faults)
    head = Document(source, {}, {(): 0})
    return ScenarioFile(petri=1, name=name, scenarios=tuple(scenarios)), head, places


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Give number, start and text of each line that is not blank."""
    for number, found_line in enumerate(re.finditer(r"[^\r\n]*(?:\r\n|\n|\r|\Z)", text), start=1):
        if found_line[0].strip():
            yield number, found_line.start(), found_line[0]


def _from_line(seed: SeedLine, name: str) -> Scenario:
    fields = {key: getattr(seed, key) for key in ScenarioBody.model_fields if key in seed.model_fields_set}
    return Scenario(id=seed.id or name, **fields)


def _with_data(document: Document, line: str) -> Document:
    """Give the line's document with its data; raises ``InvalidFile`` for what is not one JSON object."""
    try:
        data: Any = json.loads(line, object_pairs_hook=_unique, parse_constant=_no_constant)
        if re.search("[\ud800-\udfff]", json.dumps(data, ensure_ascii=False)):
            raise ValueError("it holds half of a character; write the character itself")  # noqa: TRY301 -- met below
    except json.JSONDecodeError as error:
        start = document.values[()] + error.pos
        raise InvalidFile([document.source.fault(start, f"not JSON: {error.msg}")]) from None
    except (ValueError, RecursionError) as error:
        raise InvalidFile([document.fault((), f"not JSON that can be used: {error}")]) from None
    if not isinstance(data, dict):
        raise InvalidFile(
            [document.fault((), f"each line should be a mapping with 'seed', found {found(data)}")]
        )
    return document.with_data(_seed_named(document, cast("dict[str, Any]", data)))


def _seed_named(document: Document, data: dict[str, Any]) -> dict[str, Any]:
    if "input" not in data:
        return data
    if "seed" in data:
        raise InvalidFile([document.fault((), "'seed' and 'input' together; they mean the same, keep one")])
    return {"seed" if key == "input" else key: value for key, value in data.items()}


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        keys = [key for key, _ in pairs]
        double = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"duplicate key {double!r}")
    return data


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number that can be used here")
