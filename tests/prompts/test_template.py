from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petri.errors import TemplateError
from petri.prompts.template import fill, placeholders


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        pytest.param("I am {{who}}.", {"who": "a judge"}, "I am a judge.", id="text"),
        pytest.param("{{a}}{{b}}{{a}}", {"a": 1, "b": 2.5}, "12.51", id="numbers"),
        pytest.param("{{a}}", {"a": True}, "true", id="a switch as the file writes it"),
        pytest.param("x", {"a": 1}, "x", id="a value that is not named"),
        pytest.param("{a} }} { {", {}, "{a} }} { {", id="single braces are text"),
        pytest.param(
            "{{a}}", {"a": "{{b}} \\1 {x.__class__}", "b": "no"}, "{{b}} \\1 {x.__class__}", id="one pass"
        ),
        pytest.param("{{max_turns}} {{a-b}}", {"max_turns": 3, "a-b": 4}, "3 4", id="names"),
    ],
)
def test_a_text_is_filled_in_one_pass(text: str, values: Mapping[str, object], filled: str) -> None:
    assert fill(text, values) == filled


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("x {{b}}", "{{b}} has no value; given: a", id="unknown"),
        pytest.param("{{ a }}", "'{{ a }}' is not a placeholder; write {{name}} without spaces", id="spaces"),
        pytest.param("{{a", "'{{a' is not a placeholder", id="open"),
        pytest.param("{{A}}", "'{{A}}' is not a placeholder", id="capital"),
        pytest.param("{{}}", "'{{}}' is not a placeholder", id="empty"),
        pytest.param("{{{a}}}", "'{{{a}}' is not a placeholder", id="three"),
        pytest.param("{{a.b}}", "'{{a.b}}' is not a placeholder", id="attribute"),
        pytest.param("{{a\n}}", "'{{a' is not a placeholder", id="two lines"),
    ],
)
def test_what_cannot_be_filled_is_an_error(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        fill(text, {"a": 1})
    assert str(caught.value).startswith(message)


def test_placeholders_have_a_place() -> None:
    found = [(held.start, held.text, held.name) for held in placeholders("a {{b}} {{ c }} {{b}}")]
    assert found == [(2, "{{b}}", "b"), (8, "{{ c }}", None), (16, "{{b}}", "b")]


@given(st.text(), st.text())
def test_values_arrive_unchanged(before: str, value: str) -> None:
    around = before.replace("{", "(")
    assert fill(around + "{{x}}", {"x": value}) == around + value
