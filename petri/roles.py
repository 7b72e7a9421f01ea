"""Which model plays which role: from what a file or flag says to models that can be called."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any, Final, Literal

from inspect_ai.model import GenerateConfig, Model, get_model
from pydantic import BaseModel, ConfigDict, TypeAdapter

from petri.boundary import Failure, attempted
from petri.errors import UsageError
from petri.governor import Governor, current
from petri.redaction import discreet
from petri.rubric.quirk import read_planted
from petri.scenario.schema import Model as Choice
from petri.scenario.schema import Models, ModelSettings

_MARKUP: Final = re.compile(r"\[/?[a-z ]+\]")
"""Rich markup, in which Inspect writes what a provider lacks."""

_OURS: Final = ("petri-offline/", "petri-target/", "petri-command/")
_NOT_CONFIG: Final = {"model", "base_url", "args", "tool_calling", "prefill", "quirk", "rpm"}
_GOES_ON: Final = re.compile(
    r"petri-offline/.+|"
    r"(anthropic|bedrock)/(.*[/.])?claude-(instant|[123]|(opus|sonnet|haiku)-4(-[015])?(-2025|-v|@|$)).*"
)
"""Models that go on from words put into their mouth. Anthropic's do up to version 4.5 and refuse it from 4.6 on; most
other providers take such words for a finished message, and the model begins anew."""
_EACH: Final = "attempt_timeout"  # a batch takes as long as it takes
_IDLE: Final = "stream_idle_timeout"
_USUAL: Final = {"max_retries": 6, _EACH: 600, "cache_prompt": True}
"""Defaults of each model; each role is sent the same beginning repeatedly, a judge a transcript for each group of
dimensions. Given to Inspect for the whole run, the first would override what a file says of its models,
and the second would not reach models that have roles."""

OFFLINE: Final[Mapping[str, str]] = {
    "auditor": "petri-offline/auditor",
    "target": "petri-offline/sycophant",
    "judge": "petri-offline/judge",
}
"""What `--offline` puts into the roles."""


def make_model(choice: Choice, role: str) -> Model:
    """Make the model for a role; raises ``UsageError`` with what its provider says is missing (a key, a package)."""
    settings = as_settings(choice)
    config = GenerateConfig.model_validate(call_settings(choice))
    make = partial(
        get_model, provided_name(settings.model), base_url=settings.base_url, config=config, memoize=False
    )
    made = attempted(lambda: make(**settings.args), f"{role} {settings.model}")
    if isinstance(made, Failure):
        raise UsageError(_MARKUP.sub("", made.message)) from made.error
    made = discreet(made)
    (current() or Governor()).govern(made, role, settings.rpm)
    return made


def call_settings(choice: Choice) -> dict[str, Any]:
    """Give what each call of a model is made with, by the names of Inspect's settings: what is given, and defaults."""
    settings = as_settings(choice)
    given = settings.model_dump(exclude=_NOT_CONFIG, exclude_none=True)
    usual = {key: value for key, value in _USUAL.items() if not (settings.batch and key == _EACH)}
    whole = usual | given
    return whole | ({_IDLE: max(1, whole[_EACH] // 2)} if whole.get(_EACH) and _streams(settings) else {})


def _streams(settings: ModelSettings) -> bool:
    """Say whether replies come as a stream, in which silence shows: Anthropic's do, and where it is asked for.

    Others are not made to: of a stream that was cut, not every provider's SDK tells so.
    """
    told = settings.args.get("streaming", "auto")
    return told is True or (told == "auto" and settings.model.startswith("anthropic/"))


def make_roles(models: Models, bound: Collection[str] = ()) -> dict[str, Model | Sequence[Model]]:
    """Make the models that the file names, but for the roles that are ``bound`` already; one target only."""
    roles: dict[str, Model | Sequence[Model]] = {}
    for role in ("auditor", "realism", "simulator"):
        choice = getattr(models, role)
        if choice is not None and role not in bound:
            roles[role] = make_model(choice, role)
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


def as_settings(choice: Choice) -> ModelSettings:
    """Give a model with its settings, however it was written."""
    return ModelSettings(model=choice) if isinstance(choice, str) else choice


def is_ours(settings: ModelSettings) -> bool:
    """Say whether a model is a simulation, or a program of the user's: nothing to try with a small call."""
    return provided_name(settings.model).startswith(_OURS)


def provided_name(model: str) -> str:
    """Give the name under which Inspect knows a model; ``module:name`` is a Python target of the user's."""
    return f"petri-target/{model}" if ":" in model and "/" not in model else model


class Manner(BaseModel):
    """How a model is spoken to, beside what Inspect is told of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tool_calling: Literal["native", "text", "auto"] = "native"
    planted: str | None = None
    """A quirk's system prompt. It stands in front of whatever the target is sent, and nobody else reads it."""


Manners = dict[str, tuple[Manner, ...]]
"""By role; one for each model in it."""


_MANNERS: Final[TypeAdapter[Manners]] = TypeAdapter(Manners)


def manners(models: Models) -> Manners:
    """Give how the models of a file are spoken to; raises ``UsageError`` for a quirk that there is not."""
    return {
        role: tuple(_manner(as_settings(choice)) for choice in as_choices(getattr(models, role)))
        for role in Models.model_fields
    }


def _manner(settings: ModelSettings) -> Manner:
    planted = None if settings.quirk is None else read_planted(settings.quirk)
    return Manner(
        tool_calling=settings.tool_calling,
        planted=None if planted is None else planted.quirk.planted(planted.strength),
    )


def read_manners(data: Any) -> Manners:
    """Give what a sample's metadata says of its models; nothing is said of those that Inspect was given."""
    return _MANNERS.validate_python(data or {})


def goes_on(settings: ModelSettings) -> bool:
    """Say whether a model goes on from words put into its mouth: as its settings say, else by what is known of it."""
    if settings.prefill is not None:
        return settings.prefill
    thinks = settings.reasoning_tokens or settings.reasoning_effort not in {None, "none"}
    return bool(_GOES_ON.fullmatch(settings.model)) and not thinks


def require_prefill(target: Choice, path: str) -> None:
    """Raise ``UsageError`` unless the target goes on from words put into its mouth."""
    settings = as_settings(target)
    if not goes_on(settings):
        raise UsageError(
            f"{path}: audit.prefill is true, and {settings.model} does not go on from words put into its mouth (not "
            "its provider, not this model, or not while it reasons); set audit.prefill to false, or prefill: true "
            "beside the model if its server does"
        )


def target_label(target: Choice) -> str:
    """Name a target: its model, and in brackets what was set for it."""
    if isinstance(target, str):
        return target
    settings = target.model_dump(mode="json", exclude_defaults=True, exclude={"model", "rpm"})
    shown = ", ".join(f"{key}={value}" for key, value in settings.items())
    return f"{target.model} ({shown})" if shown else target.model


def missing_roles(models: Models, *, judged: bool) -> tuple[str, ...]:
    """Give the roles that an audit needs and the file leaves open."""
    needed = ("auditor", "target", "judge") if judged else ("auditor", "target")
    return tuple(role for role in needed if getattr(models, role) in (None, ()))
