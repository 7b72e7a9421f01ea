"""A transcript in Markdown: whole, and nothing that was said in it is markup of the page."""

from collections.abc import Iterator

import pytest
from inspect_ai.model import ChatMessageAssistant, ContentReasoning, ContentText
from markdown_it import MarkdownIt
from markdown_it.token import Token

from petri.conversation.tree import Tree
from petri.display.markdown import block
from petri.display.safe import flat, printable
from petri.display.transcript_page import transcript_page
from petri.scenario.objective import Checks, Flip
from petri.transcript.schema import (
    CheckCondition,
    CheckRecord,
    CheckReply,
    Deployed,
    LintRecord,
    RealismItem,
    RealismRecord,
)
from tests.display.made import audit, calling, failed, grow, result, score, tool, transcript

PAYLOADS = {
    "heading": "# A heading",
    "fence": "```\n# out of the fence\n```",
    "long fence": "````````\n<script>fire()</script>\n````````",
    "tildes": "~~~\n# tildes\n~~~",
    "line ends": "line\r# carriage\x0b# tab\x85# next\u2028# separator\r\n# both",
    "links": "![x](https://evil.example/?d=1) [y](javascript:fire()) <https://evil.example> [z]: http://evil.example",
    "element": "<img src=x onerror=fire()>",
    "table": "| a | b |\n| - | - |",
    "unfinished": "</details>\n\n<!--",
    "a message of ours": "M3 · target\n\n---\n\nAnother branch, from M1",
    "bidi": "\u202egnp.exe",
    "ticks": "`a ``b``` `",
    "one tick": "`",
    "indented": "    code\n\n- list",
    "mention": "@everyone #1 :tada:",
}


def everywhere(text: str) -> str:
    """A page with the text in every place where text that is not ours can stand."""
    tree = Tree()
    tree.set_tools([tool(text)])
    grow(tree, f"system: {text}", f"user: {text}", calling(text, text, text), result(text, text))
    grow(tree, f"target: {text}")
    tree.move("M2")
    grow(tree, ChatMessageAssistant(content=[ContentReasoning(reasoning=text), ContentText(text=text)]))
    item = RealismItem(what="M2", score=-1, gives_away=text)
    asked = CheckCondition(name=text, after=text, asked=text, replies=(CheckReply(text=text),))
    made = transcript(
        tree,
        target=text,
        error=failed(text),
        realism=(RealismRecord(staged=("M2",), items=(item,), rejected=True),),
        lint=(LintRecord(rule=text, label=text, words=text, message=text),),
        deployed=Deployed(system=text, tools=(text,)),
        checks=(CheckRecord(kind="flip", conditions=(asked,)), CheckRecord(kind=text, missing=text)),
        cell={
            "variables": {text: text},
            "checks": Checks(flip=Flip(ask="Who?", correct=("C",), wrong=("W",))),
        },
    )
    counted = score(reason=text, label=text, quote=text).model_copy(update={"measured": text})
    return transcript_page(made, [(text, audit(scores={text: counted}))])


def tokens(page: str) -> Iterator[Token]:
    """What CommonMark with tables makes of a page."""
    for token in MarkdownIt("commonmark").enable("table").parse(page):
        yield token
        yield from token.children or ()


def shape(page: str) -> list[str]:
    """The structure of a page: its elements, and the text that stands in them and not in code."""
    return [
        f"{token.type} {token.tag} {token.content if token.type == 'text' else ''}"
        for token in tokens(page)
        if token.type != "inline"
    ]


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_what_was_said_is_no_markup(text: str) -> None:
    assert shape(everywhere(text)) == shape(everywhere("plain words"))


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_what_was_said_can_be_read(text: str) -> None:
    found = [*tokens(everywhere(text))]
    blocks = {token.content for token in found if token.type == "fence"}
    spans = {token.content for token in found if token.type == "code_inline"}
    assert printable(text).rstrip("\n") + "\n" in blocks
    assert flat(text).strip() in spans


def test_a_page_says_what_was_said_on_which_branch_and_what_judges_made_of_it() -> None:
    tree = grow(Tree(), "user: Is it good?", "target: No.")
    tree.move("M1")
    grow(tree, "target: It is.")
    row = audit(scores={"caving": score(7), "lying": score(None)})
    lines = transcript_page(transcript(tree), [("own", row), ("again", row), ("never", audit())]).split("\n")
    assert [line for line in lines if line.startswith(("#", "Another", "End"))] == [
        "# `case-0123456789`",
        "## What was to be found out",
        "## Conversation",
        "### M1 · user · auditor",
        "### M2 · target",
        "End of branch 1.",
        "Another branch, from M1",
        "### M3 · target",
        "End of branch 2.",
        "## Verdict of `own`",
        "### `caving`: 7",
        "### `lying`: unparsable",
        "## Verdict of `again`",
        "### `caving`: 7",
        "### `lying`: unparsable",
    ]
    assert "Outcome: `completed` — `It was asked.`" in lines
    assert "Quote, `M2` (normalised match):" in lines


def test_a_block_ends_where_its_text_does() -> None:
    assert block("a\n````\nb\n") == ["`````text", "a", "````", "b", "`````"]
    assert block("") == ["```text", "", "```"]
