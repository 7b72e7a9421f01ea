"""Which model plays which role: from what a file or flag says to models that can be called."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Final

from inspect_ai.model import GenerateConfig, Model, get_model

from petri.boundary import Failure, attempted
from petri.errors import UsageError
from petri.scenario.schema import Model as Choice
from petri.scenario.schema import Models, ModelSettings

_MARKUP: Final = re.compile(r"\[/?[a-z ]+\]")
"""Rich markup, in which Inspect writes what a provider lacks."""

_NOT_CONFIG: Final = {"model", "base_url", "args"}
_PATIENCE: Final = {"max_retries": 6, "attempt_timeout": 600}
"""Defaults of each model. Given to Inspect for the whole run, the first would override what a file says of its models,
and the second would not reach models that have roles."""

OFFLINE: Final[Mapping[str, str]] = {
    "auditor": "petri-offline/auditor",
    "target": "petri-offline/sycophant",
    "judge": "petri-offline/judge",
}
"""What `--offline` puts into the roles."""


def make_model(choice: Choice, role: str) -> Model:
    """Make the model for a role; raises ``UsageError`` with what its provider says is missing (a key, a package)."""
    settings = ModelSettings(model=choice) if isinstance(choice, str) else choice
    given = settings.model_dump(exclude=_NOT_CONFIG, exclude_none=True)
    config = GenerateConfig.model_validate(_PATIENCE | given)
    make = partial(get_model, settings.model, base_url=settings.base_url, config=config, memoize=False)
    made = attempted(lambda: make(**settings.args), f"{role} {settings.model}")
    if isinstance(made, Failure):
        raise UsageError(_MARKUP.sub("", made.message)) from made.error
    return made


def make_roles(models: Models, bound: Collection[str] = ()) -> dict[str, Model | Sequence[Model]]:
    """Make the models that the file names, but for the roles that are ``bound`` already; one target only."""
    refuse_unsupported(models)
    roles: dict[str, Model | Sequence[Model]] = {}
    if models.auditor is not None and "auditor" not in bound:
        roles["auditor"] = make_model(models.auditor, "auditor")
    targets = as_choices(models.target)
    if len(targets) > 1 and "target" not in bound:
        names = ", ".join(target_label(target) for target in targets)
        raise UsageError(
            f"the scenario file names {len(targets)} targets ({names}); one task audits one: choose it by name"
        )
    if targets and "target" not in bound:
        roles["target"] = make_model(targets[0], "target")
    judges = as_choices(models.judge)
    if judges and "judge" not in bound:
        made = [make_model(judge, "judge") for judge in judges]
        roles["judge"] = made if len(made) > 1 else made[0]
    return roles


def as_choices(choice: Choice | tuple[Choice, ...] | None) -> tuple[Choice, ...]:
    """Give the models of a role as a tuple, however they were written."""
    if choice is None:
        return ()
    return choice if isinstance(choice, tuple) else (choice,)


def target_label(target: Choice) -> str:
    """Name a target: its model, and in brackets what was set for it."""
    if isinstance(target, str):
        return target
    settings = target.model_dump(mode="json", exclude_defaults=True, exclude={"model"})
    shown = ", ".join(f"{key}={value}" for key, value in settings.items())
    return f"{target.model} ({shown})" if shown else target.model


def missing_roles(models: Models, *, judged: bool) -> tuple[str, ...]:
    """Give the roles that an audit needs and the file leaves open."""
    needed = ("auditor", "target", "judge") if judged else ("auditor", "target")
    return tuple(role for role in needed if getattr(models, role) in (None, ()))


def refuse_unsupported(models: Models) -> None:
    """Refuse roles that this version does not run, rather than leave them idle."""
    for role in ("realism", "simulator"):
        if getattr(models, role) is not None:
            raise UsageError(f"models.{role} is not available in this version; leave it empty")
