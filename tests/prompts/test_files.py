"""Prompt files by name, what replaces them, and the digests that a run records."""

import hashlib
from collections.abc import Mapping

import pytest

from petri.errors import TemplateError
from petri.prompts.files import OURS, Prompts, digest, digests, names, text
from petri.prompts.template import fill_known

ROLES = ("auditor", "judge", "protocol", "realism", "simulator", "target")


def test_every_prompt_has_a_name_and_says_something() -> None:
    found = list(names())
    assert found == sorted(found)
    assert len(set(found)) == len(found)
    assert {name.split("/")[0] for name in found} == set(ROLES)
    assert {"auditor/system", "auditor/tools/branch", "judge/system", "protocol/repair"} <= set(found)
    assert [name for name in found if not text(name)] == []


def test_a_digest_is_of_the_text_that_is_sent() -> None:
    assert digest("é") == hashlib.sha256("é".encode()).hexdigest()
    assert digests("judge") == {name: digest(text(name)) for name in names() if name.startswith("judge/")}
    assert sorted({*digests(*ROLES)} - {*names()}) == ["protocol/probe", "protocol/ready"]
    assert digests() == {}


def test_what_replaces_a_prompt_stands_in_its_place_and_nowhere_else() -> None:
    mine = Prompts({"judge/repair": "Mine: {{fault}}"})
    values = {"tool": "t", "fault": "{{x}}", "owed": "o"}
    assert mine.render("judge/repair", **values) == "Mine: {{x}}"
    assert mine.text("judge/system") == OURS.text("judge/system") == text("judge/system")
    assert "{{x}}" in OURS.render("judge/repair", **values)


def test_a_prompt_is_rendered_strictly() -> None:
    with pytest.raises(TemplateError, match=r"\{\{tool\}\} has no value"):
        OURS.render("judge/repair")


@pytest.mark.parametrize(
    ("content", "values", "filled"),
    [
        pytest.param("for {{who}}", {"who": "Ana"}, "for Ana", id="known"),
        pytest.param("{{who}} {{other}}", {"who": 7}, "7 {{other}}", id="unknown"),
        pytest.param(
            "{{ who }} ${{ env.CI }} {{{who}}", {"who": "x"}, "{{ who }} ${{ env.CI }} {{{who}}", id="code"
        ),
        pytest.param("{{a}}", {"a": "{{b}}", "b": "no"}, "{{b}}", id="one pass"),
        pytest.param("{{a}}", {"a": True}, "true", id="a switch as the file writes it"),
        pytest.param("{{", {}, "{{", id="open"),
        pytest.param("", {"a": 1}, "", id="nothing"),
    ],
)
def test_contents_that_may_be_code_are_filled_where_they_name_a_value(
    content: str, values: Mapping[str, object], filled: str
) -> None:
    assert fill_known(content, values) == filled
