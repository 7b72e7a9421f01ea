"""From what a file or a flag names to the models of the roles."""

from typing import Any

import pytest
from inspect_ai.model import Model

from petri.errors import UsageError
from petri.roles import (
    OFFLINE,
    as_choices,
    make_model,
    make_roles,
    missing_roles,
    refuse_unsupported,
    target_label,
)
from petri.scenario.schema import Models, ModelSettings

HONEST = "petri-offline/honest"


def models(**roles: Any) -> Models:
    return Models.model_validate(roles)


@pytest.mark.parametrize(
    ("settings", "config"),
    [
        ({}, {}),
        ({"temperature": 0.5, "max_tokens": 9}, {"temperature": 0.5, "max_tokens": 9}),
        ({"max_retries": 0, "attempt_timeout": 5}, {"max_retries": 0, "attempt_timeout": 5}),
        ({"stop_seqs": ["x"], "top_k": 3}, {"stop_seqs": ["x"], "top_k": 3}),
        ({"extra_body": {"a": {"b": 1}}}, {"extra_body": {"a": {"b": 1}}}),
    ],
)
def test_settings_reach_the_model(settings: dict[str, Any], config: dict[str, Any]) -> None:
    made = make_model(ModelSettings(model=HONEST, **settings), "target")
    expected = {"max_retries": 6, "attempt_timeout": 600} | config
    assert made.config.model_dump(exclude_none=True) == expected
    assert str(made) == HONEST


def test_arguments_reach_the_provider() -> None:
    made = make_model(ModelSettings(model=HONEST, args={"strength": 0.25, "seed": 7}), "target")
    assert made.model_args == {"strength": 0.25, "seed": 7}


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("nowhere/model", ["target nowhere/model", "nowhere"]),
        ("petri-offline/honset", ["target petri-offline/honset", "'honset'", "honest"]),
        (
            ModelSettings(model=HONEST, args={"strenght": 1}),
            ["target petri-offline/honest", "'strenght'", "strength"],
        ),
        (ModelSettings(model=HONEST, args={"strength": 2}), ["strength", "less than or equal to 1"]),
        ("openai/gpt-5", ["target openai/gpt-5", "OPENAI_API_KEY"]),
    ],
)
def test_a_model_that_cannot_be_made(choice: str | ModelSettings, words: list[str]) -> None:
    with pytest.raises(UsageError) as raised:
        make_model(choice, "target")
    assert not [word for word in words if word not in str(raised.value)], str(raised.value)
    assert "\n" not in str(raised.value)


def test_roles_of_a_file() -> None:
    roles = make_roles(models(auditor="petri-offline/auditor", target=HONEST, judge="petri-offline/judge"))
    assert {role: str(model) for role, model in roles.items()} == {
        "auditor": "petri-offline/auditor",
        "target": HONEST,
        "judge": "petri-offline/judge",
    }


def test_a_list_of_judges_is_a_panel() -> None:
    panel = make_roles(models(judge=["petri-offline/judge", "petri-offline/judge"]))["judge"]
    assert isinstance(panel, list)
    assert len(panel) == 2
    single = make_roles(models(judge=["petri-offline/judge"]))["judge"]
    assert isinstance(single, Model)


def test_roles_that_are_bound_already_are_left_to_them() -> None:
    named = models(auditor="nowhere/a", target=["nowhere/b", "nowhere/c"], judge="nowhere/d")
    assert make_roles(named, {"auditor", "target", "judge"}) == {}


def test_two_targets_are_two_tasks() -> None:
    with pytest.raises(
        UsageError, match=r"names 2 targets \(petri-offline/honest, petri-offline/sycophant\)"
    ):
        make_roles(models(target=[HONEST, "petri-offline/sycophant"]))


@pytest.mark.parametrize("role", ["realism", "simulator"])
def test_a_role_that_this_version_does_not_run_is_refused(role: str) -> None:
    with pytest.raises(UsageError, match=f"models.{role} is not available in this version; leave it empty"):
        refuse_unsupported(models(**{role: HONEST}))


@pytest.mark.parametrize(
    ("target", "label"),
    [
        (HONEST, HONEST),
        (ModelSettings(model=HONEST), HONEST),
        (ModelSettings(model=HONEST, temperature=0.5), f"{HONEST} (temperature=0.5)"),
        (ModelSettings(model=HONEST, temperature=0, seed=1), f"{HONEST} (temperature=0.0, seed=1)"),
    ],
)
def test_target_label(target: str | ModelSettings, label: str) -> None:
    assert target_label(target) == label


@pytest.mark.parametrize(
    ("named", "judged", "missing"),
    [
        ({}, True, ("auditor", "target", "judge")),
        ({}, False, ("auditor", "target")),
        ({"auditor": HONEST, "target": HONEST}, True, ("judge",)),
        ({"auditor": HONEST, "target": HONEST}, False, ()),
        ({"auditor": HONEST, "target": [HONEST], "judge": HONEST}, True, ()),
        ({"auditor": HONEST, "target": [], "judge": []}, True, ("target", "judge")),
    ],
)
def test_missing_roles(named: dict[str, Any], judged: bool, missing: tuple[str, ...]) -> None:  # noqa: FBT001
    assert missing_roles(models(**named), judged=judged) == missing


def test_as_choices() -> None:
    assert as_choices(None) == ()
    assert as_choices(HONEST) == (HONEST,)
    assert as_choices((HONEST, "x")) == (HONEST, "x")


@pytest.mark.parametrize("role", ["auditor", "target", "judge"])
def test_the_offline_models_are_there(role: str) -> None:
    assert str(make_model(OFFLINE[role], role)) == OFFLINE[role]
