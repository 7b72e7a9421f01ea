"""A trial of an auditor and a judge on behaviours that are known to be there: what `petri quirks` does."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from petri.analysis.detection import (
    Question,
    QuirkFacts,
    QuirkReport,
    Tried,
    detections,
    discoveries,
    together,
)
from petri.analysis.results import Results
from petri.display.base import Display
from petri.document.wording import did_you_mean
from petri.errors import UsageError
from petri.roles import OFFLINE, target_label
from petri.rubric.load import load_rubric
from petri.rubric.quirk import STRENGTHS, TWIN, LoadedQuirk, load_quirks
from petri.rubric.schema import Dimension
from petri.runner import Order, run
from petri.scenario.schema import ModelSettings
from petri.transcript.estimated import RunEstimate
from petri.transcript.folders import Run
from petri.transcript.store import write_json

REPORT: Final = "quirks.json"
_FOLDER: Final = "quirks"
_TARGET: Final = "petri-offline/quirky"
_QUESTION: Final = Path(__file__).parent / "rubric" / "behaviour.yaml"
_SHORT: Final = 12


@dataclass(frozen=True, slots=True)
class TrialOrder:
    """What to try. No names are all quirks; ``told`` None is both kinds of auditor."""

    out: Path
    quirks: Sequence[str] = ()
    strengths: Sequence[str] = ()
    auditor: str | None = None
    target: str | None = None
    judges: Sequence[str] = ()
    offline: bool = False
    told: bool | None = None
    epochs: int = 1
    max_turns: int = 10


@dataclass(frozen=True, slots=True)
class _Part:
    """A quirk with one kind of auditor: one scenario file, whose name no model is told."""

    quirk: LoadedQuirk
    told: bool

    @property
    def name(self) -> str:
        return f"{self.quirk.spec.name}-{'told' if self.told else 'untold'}"

    def questions(self) -> list[Question]:
        """Give the dimensions that its audits are read by."""
        name = self.quirk.spec.name
        asked = [
            Question(name, self.told, "dimension", dimension, main=number == 0)
            for number, dimension in enumerate(self.quirk.dimensions())
        ]
        if self.told:
            return asked
        return [*asked, Question(name, self.told, "behaviour", behaviour(self.quirk), main=True)]


def behaviour(quirk: LoadedQuirk) -> Dimension:
    """Give the dimension that asks for a quirk's behaviour itself; its name tells a judge nothing."""
    asked = _question()
    digest = hashlib.sha256(quirk.spec.description.encode()).hexdigest()[:8]
    return asked.model_copy(update={"name": f"{asked.name}-{digest}", "description": quirk.spec.description})


@cache
def _question() -> Dimension:
    (asked,) = load_rubric(_QUESTION).spec.dimensions
    return asked


def run_trial(
    order: TrialOrder, display: Display | None = None, approve: Callable[[RunEstimate], None] | None = None
) -> tuple[Run, Results, QuirkReport]:
    """Run every quirk and its twin, and report what was found; raises ``UsageError`` before anything is spent.

    ``approve`` is told what the run will probably cost, and may raise it too.

    The scenario files stand below ``out``, in a folder that follows from their content, so that `petri audit` can run
    them again.
    """
    models = _models(order)
    strengths = _strengths(order.strengths)
    kinds = (True, False) if order.told is None else (order.told,)
    parts = [_Part(quirk, told) for quirk in load_quirks(order.quirks) for told in kinds]
    files = _written(order.out, _files(parts, order, models, strengths))
    finished, results = run(Order([str(file) for file in files], order.out, name="quirks"), display, approve)
    report = _report(finished, results, parts, models["target"], strengths)
    write_json(finished.folder / REPORT, report.model_dump(mode="json"))
    return finished, results, report


def _models(order: TrialOrder) -> dict[str, Any]:
    given = {"auditor": order.auditor, "target": order.target, "judge": list(order.judges) or None}
    otherwise: Mapping[str, str] = {**OFFLINE, "target": _TARGET} if order.offline else {}
    named = {role: model or otherwise.get(role) for role, model in given.items()}
    missing = [role for role, model in named.items() if model is None]
    if missing:
        flags = " ".join(f"--{role} MODEL" for role in missing)
        raise UsageError(
            f"no model is named for {', '.join(missing)}. Two ways out: {flags} (such as "
            "anthropic/claude-sonnet-4-6, with its API key in the environment or in .env); or --offline for the "
            "built-in simulated models"
        )
    return named


def _strengths(wanted: Sequence[str]) -> tuple[str, ...]:
    for strength in wanted:
        if strength not in STRENGTHS:
            meant = did_you_mean(strength, STRENGTHS)
            raise UsageError(f"there is no strength {strength!r}{meant}; choose {', '.join(STRENGTHS)}")
    return tuple(strength for strength in STRENGTHS if strength in (wanted or STRENGTHS))


def _settings(target: str, quirk: LoadedQuirk, strength: str) -> ModelSettings:
    return ModelSettings(model=target, quirk=f"{quirk.spec.name}/{strength}")


def _files(
    parts: Sequence[_Part], order: TrialOrder, models: Mapping[str, Any], strengths: Sequence[str]
) -> dict[str, Any]:
    """Give what stands in each file of the trial: a scenario file for each part, and its rubrics."""
    files: dict[str, Any] = {}
    for part in parts:
        questions = part.questions()
        rubrics = {
            kind: [q.dimension for q in questions if q.kind == kind] for kind in ("dimension", "behaviour")
        }
        named = {f"{part.name}.{kind}.yaml": asked for kind, asked in rubrics.items() if asked}
        files |= {name: _rubric(name, asked) for name, asked in named.items()}
        targets = [_settings(models["target"], part.quirk, each) for each in (*strengths, TWIN)]
        files[f"{part.name}.yaml"] = {
            "petri": 1,
            "name": part.name,
            "models": {**models, "target": [each.model_dump(exclude_defaults=True) for each in targets]},
            "audit": {"max_turns": order.max_turns, "epochs": order.epochs},
            "judge": {"rubric": list(named), "groups": "each"},  # the behaviour is not to colour the rest
            "scenarios": [_scenario(part, number) for number in range(len(part.quirk.spec.scenarios))],
        }
    return files


def _scenario(part: _Part, number: int) -> dict[str, Any]:
    """Give one seed. Only told audits have to meet the quirk's condition: one that was not told may miss it."""
    given = part.quirk.spec.scenarios[number]
    if not part.told:
        return {"id": given.id, "seed": given.untold}
    return {"id": given.id, "seed": given.told, "validity": part.quirk.spec.validity}


def _rubric(file: str, dimensions: Sequence[Dimension]) -> dict[str, Any]:
    name = file.removesuffix(".yaml").replace(".", "-")
    told = [dimension.model_dump(mode="json", exclude_defaults=True) for dimension in dimensions]
    return {"petri": 1, "name": name, "dimensions": told}


def _written(out: Path, files: Mapping[str, Any]) -> list[Path]:
    """Write the files, and give the paths of those that hold scenarios."""
    digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:_SHORT]
    folder = out / _FOLDER / digest
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            write_json(folder / name, content)  # JSON is YAML
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return [folder / name for name, content in files.items() if "scenarios" in content]


def _report(
    finished: Run, results: Results, parts: Sequence[_Part], target: str, strengths: Sequence[str]
) -> QuirkReport:
    labels = {
        target_label(_settings(target, part.quirk, strength)): strength
        for part in parts
        for strength in (*strengths, TWIN)
    }
    by_file = {part.name: part for part in parts}
    tried = [
        Tried(part.quirk.spec.name, labels[audit.target], part.told, audit)
        for audit in results.audits
        for part in (by_file[Path(audit.file).stem],)
    ]
    questions = [question for part in parts for question in part.questions()]
    found = detections(tried, questions, strengths)
    return QuirkReport(
        run=finished.id,
        petri=version("petri"),
        models=results.models,
        quirks=tuple({part.quirk.spec.name: _facts(part.quirk) for part in parts}.values()),
        discovery=tuple(discoveries(found, strengths)),
        together=tuple(together(tried, questions, strengths)),
        detections=tuple(found),
    )


def _facts(quirk: LoadedQuirk) -> QuirkFacts:
    return QuirkFacts(
        name=quirk.spec.name,
        path=quirk.path,
        sha256=quirk.sha256,
        description=quirk.spec.description,
        behaviour=behaviour(quirk).name,
    )
