"""What is read as a call, what stays text, and what is a fault: the forms that small models write."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from inspect_ai.tool import ToolInfo, ToolParams
from inspect_ai.util import JSONSchema

from petri.protocol.reply import Parsed, parse_reply

LOOK: Final = ToolInfo(
    name="look",
    description="Looks.",
    parameters=ToolParams(properties={"path": JSONSchema(type="string")}, required=["path"]),
)
STOP: Final = ToolInfo(name="stop", description="Stops.")
A: Final = '{"tool": "look", "arguments": {"path": "a"}}'
B: Final = '{"tool": "look", "arguments": {"path": "b"}}'
AT_A: Final[tuple[str, Any]] = ("look", {"path": "a"})
AT_B: Final[tuple[str, Any]] = ("look", {"path": "b"})


def read(reply: str) -> Parsed:
    return parse_reply(reply, [LOOK, STOP], "r1")


@dataclass(frozen=True, slots=True)
class Read:
    """A reply, the calls in it, and the text that is left."""

    reply: str
    calls: list[tuple[str, Any]]
    text: str = ""


CALLS: Final = {
    "as asked": Read(f"```tool\n{A}\n```", [AT_A]),
    "words around": Read(f"I look.\n\n```tool\n{A}\n```\n\nThen I wait.", [AT_A], "I look.\n\nThen I wait."),
    "two blocks": Read(f"```tool\n{A}\n```\nand\n```tool\n{B}\n```", [AT_A, AT_B], "and"),
    "fence of another name": Read(f"```json\n{A}\n```", [AT_A]),
    "fence without a name": Read(f"Well:\n```\n{A}\n```", [AT_A], "Well:"),
    "longer fence, indented": Read(f"  ````tool\n  {A}\n  ````", [AT_A]),
    "on the line of its fence": Read(f"```tool {A}```", [AT_A]),
    "never closed": Read(f"Look.\n```tool\n{A}", [AT_A], "Look."),
    "closed by the next": Read(f"```tool\n{A}\n```tool\n{B}\n```", [AT_A, AT_B]),
    "tagged": Read(f"<tool_call>\n{A}\n</tool_call>\n<tool_call>{B}</tool_call>", [AT_A, AT_B]),
    "bare": Read(A, [AT_A]),
    "bare after words": Read(f"I look.\n{A}\n", [AT_A], "I look."),
    "bare, one a line": Read(f"{A}\n{B}", [AT_A, AT_B]),
    "one fence, many": Read(f"```tool\n{A}\n{B}\n```\nDone.", [AT_A, AT_B], "Done."),
    "one line, many": Read(f"```json\n{A}, {B}\n```", [AT_A, AT_B]),
    "a list": Read(f"```json\n[{A},\n {B}]\n```", [AT_A, AT_B]),
    "a bare list": Read(f"[\n {A}\n]", [AT_A]),
    "other keys": Read('{"name": "look", "parameters": {"path": "a"}}', [AT_A]),
    "function": Read('```json\n{"function": "look", "arguments": {"path": "a"}}\n```', [AT_A]),
    "no arguments": Read('```tool\n{"tool": "stop"}\n```', [("stop", {})]),
    "any order in a block of calls": Read(
        '```tool\n{"arguments": {"path": "a"}, "tool": "look"}\n```', [AT_A]
    ),
    "unknown tool": Read('{"tool": "leap", "arguments": {}}', [("leap", {})]),
    "unknown tool in a block of calls": Read('```tool\n{"name": "leap"}\n```', [("leap", {})]),
    "fence in a string": Read(
        '```tool\n{"tool": "look", "arguments": {"path": "```tool\n{}\n```"}}\n```',
        [("look", {"path": "```tool\n{}\n```"})],
    ),
    "escapes": Read(r'{"tool": "look", "arguments": {"path": "\u00e9\n\""}}', [("look", {"path": 'é\n"'})]),
    "pretty printed": Read(f"```json\n{json.dumps(json.loads(A), indent=2)}\n```", [AT_A]),
    "other code beside": Read(f"```c\n{{\n}}\n```\n{A}", [AT_A], "```c\n{\n}\n```"),
    "carriage returns": Read(f"Hm.\r\n```tool\r\n{A}\r\n```\r\n", [AT_A], "Hm."),
}


@pytest.mark.parametrize("case", CALLS.values(), ids=CALLS)
def test_calls_are_read(case: Read) -> None:
    parsed = read(case.reply)
    assert [(call.function, call.arguments) for call in parsed.calls] == case.calls
    assert parsed.text == case.text
    assert parsed.faults == ()
    assert [call.id for call in parsed.calls] == [f"r1_{n}" for n in range(1, len(case.calls) + 1)]


TEXTS: Final = {
    "nothing": "",
    "words": "  I would look at it, with the look tool.\n",
    "within a line": f"Write {A} to look.",
    "JSON that was asked for": '```json\n{"name": "Ada", "arguments": {"for": 1}}\n```',
    "a tool of another kind": '```json\n{"tool": "hammer", "price": 3}\n```',
    "broken JSON of another kind": '```json\n{"tool": "hammer",\n```',
    "a call inside other JSON": f'```json\n{{"steps": [\n{A}\n]}}\n```',
    "a list of other things": "[1, 2]",
    "no calls": "```tool\n[]\n```",
    "code": "```python\nlook('a')\n```",
    "a bare name": '{"name": "loo',
}


@pytest.mark.parametrize("reply", TEXTS.values(), ids=TEXTS)
def test_what_is_no_call_stays_as_it_was_said(reply: str) -> None:
    assert read(reply) == Parsed(reply, ())


@dataclass(frozen=True, slots=True)
class Broken:
    """A call that cannot be read, words of the fault, and the name it gives."""

    reply: str
    fault: str
    name: str = "look"
    also: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])


LONG: Final = "9" * 5000
FAULTS: Final = {
    "trailing comma": Broken(
        '```tool\n{"tool": "look", "arguments": {"path": "a",}}\n```', "line 2, column 4"
    ),
    "single quotes": Broken("```tool\n{'tool': 'look'}\n```", "line 2, column 2", "unreadable"),
    "cut short": Broken(
        'Hm.\n```json\n{"tool": "look", "arguments": {"path": "a', "line 3, column 40: not JSON"
    ),
    "prose": Broken("```tool\nlook at a\n```", "line 2, column 1: not JSON", "unreadable"),
    "nothing": Broken("```tool\n```", "not JSON", "unreadable"),
    "code": Broken("```tool_code\nlook('a')\n```", "not JSON", "unreadable"),
    "tagged": Broken("<tool_call>\n<function=look>\n</tool_call>", "not JSON", "unreadable"),
    "missing brace": Broken(f"{A[:-1]}\n", "Expecting"),
    "flat": Broken('{"tool": "look", "path": "a"}', 'stands inside "arguments", and path does not'),
    "both keys": Broken('{"tool": "look", "name": "look"}', "the keys are tool, name instead of"),
    "arguments twice": Broken('{"tool": "look", "arguments": {}, "parameters": {}}', "instead of"),
    "no keys": Broken("```tool\n{}\n```", "the keys are missing", "unreadable"),
    "a number": Broken("```tool\n[1]\n```", "1 is not an object", "unreadable"),
    "no name": Broken('```tool\n{"tool": 3}\n```', '"tool" is not the name of a tool', "unreadable"),
    "empty name": Broken('```tool\n{"tool": ""}\n```', '"tool" is not the name of a tool', "unreadable"),
    "arguments as a string": Broken(
        '{"tool": "look", "arguments": "{}"}', "\"arguments\" of 'look' is not an object"
    ),
    "a list among the arguments": Broken('{"name": "look", "parameters": []}', '"parameters" of'),
    "key twice": Broken(
        '{"tool": "look", "arguments": {"path": 1, "path": 2}}', "the key 'path' is given twice"
    ),
    "not a number": Broken('{"tool": "look", "arguments": {"path": NaN}}', "NaN is not a finite number"),
    "too large a number": Broken('{"tool": "look", "arguments": {"path": 1e999}}', "1e999 is not a finite"),
    "too long a number": Broken(f'{{"tool": "look", "arguments": {{"path": {LONG}}}}}', "4300"),
    "deep": Broken(
        f'{{"tool": "look", "arguments": {{"path": {"[" * 200}{"]" * 200}}}}}', "deeper than 100 levels"
    ),
    "very deep": Broken(f'{{"tool": "look", "arguments": {"[" * 100_000}', "deeper than 100 levels"),
    "beside a good one": Broken(f"```tool\n{{bad}}\n```\n{A}", "line 2, column 2", "unreadable", [AT_A]),
    "before an open fence": Broken(f"```tool\n{{bad}}\n```tool\n{A}\n```", "line 2", "unreadable", [AT_A]),
    "one of a list": Broken(f"[{A}, 1]", "1 is not an object"),
}


@pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS)
def test_a_call_that_cannot_be_read_is_a_fault(case: Broken) -> None:
    first, *others = read(case.reply).calls
    assert (first.function, first.arguments) == (case.name, {})
    assert first.parse_error is not None
    assert case.fault in first.parse_error
    assert 'a call is one JSON object such as {"tool": "' in first.parse_error
    assert [(call.function, call.arguments) for call in others] == case.also


def test_the_words_of_a_call_that_cannot_be_read_stay_in_the_text() -> None:
    parsed = read(f"First.\n{A}\nThen.\n```tool\n{{bad}}\n```")
    assert parsed.text == "First.\n\nThen.\n```tool\n{bad}\n```"
    assert [call.id for call in parsed.calls] == ["r1_1", "r1_2"]
    assert parsed.faults == (parsed.calls[1].parse_error,)


def test_a_fault_is_short_whatever_was_said() -> None:
    long = "x" * 10_000
    for reply in (
        f'```tool\n{{"tool": "{long}", "{long}": 1}}\n```',
        f'```tool\n{{"tool": "look", "{long}": 1}}',
    ):
        (fault,) = read(reply).faults
        assert len(fault) < 600


HUGE: Final = 2_000_000
FLOODS: Final = {
    "blank lines": "\n" * HUGE,
    "spaces": " " * HUGE,
    "a fence and blank lines": "```tool" + "\n" * HUGE,
    "fences": "```\n" * (HUGE // 4),
    "brackets": "[\n" * (HUGE // 2),
    "braces": "{\n" * (HUGE // 2),
    "blocks that are not closed": '```tool\n{"' * (HUGE // 10),
    "quotation marks": '```tool\n["' + '\\"' * (HUGE // 2),
    "deep": "```tool\n" + "[" * HUGE,
    "calls": f"{A}\n" * (HUGE // 45),
}


@pytest.mark.parametrize("reply", FLOODS.values(), ids=FLOODS)
def test_a_flood_is_read_in_time(reply: str) -> None:
    parsed = read(reply)
    assert len(parsed.calls) <= len(reply) // len(A)
