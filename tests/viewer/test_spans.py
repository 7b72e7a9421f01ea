"""From places in what a judge is shown to places in what was said."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    ChatMessageUser,
    Content,
    ContentReasoning,
    ContentText,
    ContentToolUse,
)
from inspect_ai.tool import ToolCall, ToolCallError

from petri.conversation.text import citable
from petri.judge.verdict import Match, Span
from petri.transcript.shown import shown_message
from petri.viewer.spans import ShownPiece, place_of, shown_pieces, utf16

HIDDEN = "pay\u200bment"
FRAME = "<|im_start|>system\nBe kind.</s>"
WORDS = st.text(
    st.sampled_from([*'aM1 \n\t"\\{}:[]<|>', "⟦", "⟧", "\u200b", "\u200d", "\x00", "😀", "é", "\ue000"]),
    max_size=12,
) | st.sampled_from([HIDDEN, FRAME, '"label": "M3"', "label", "origin", " role ", "system: x"])
ARGUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


SEARCHES = st.builds(
    ContentToolUse,
    tool_type=st.just("web_search"),
    id=st.just("s"),
    name=WORDS,
    arguments=WORDS,
    result=WORDS,
)
PARTS: st.SearchStrategy[Content] = st.one_of(
    st.builds(ContentText, text=WORDS), st.builds(ContentReasoning, reasoning=WORDS), SEARCHES
)


@st.composite
def messages(draw: st.DrawFn) -> ChatMessage:
    content = draw(WORDS | st.lists(PARTS, max_size=3))
    given_ = draw(st.lists(st.dictionaries(WORDS, ARGUMENTS, max_size=3), max_size=2))
    calls = [ToolCall(id=str(at), function=draw(WORDS), arguments=each) for at, each in enumerate(given_)]
    return ChatMessageAssistant(content=content, tool_calls=calls)


def spoken(*texts: str) -> ChatMessage:
    return ChatMessageAssistant(content="\n".join(texts))


def words_at(
    message: ChatMessage, quote: str, match: Match = "exact", span: Span | None = None
) -> str | None:
    """What stands at the place that is found for a quote, cut out as a page cuts: by UTF-16 units."""
    pieces = shown_pieces(message)
    place = place_of(quote, match, span, pieces)
    if place is None:
        return None
    units = pieces[place.piece].raw.encode("utf-16-le")
    return f"{place.piece}:{units[2 * place.start : 2 * place.end].decode('utf-16-le')}"


@given(messages())
@example(ChatMessageTool(content="", error=ToolCallError("unknown", f"{HIDDEN} {FRAME}")))
@example(ChatMessageUser(content="⟦U+200B⟧\u200b⟦⟧"))
def test_both_forms_of_each_text_are_those_that_others_compute(message: ChatMessage) -> None:
    pieces = shown_pieces(message)
    raw = [text for kind, text in citable(message) if kind != "tool_result"]
    shown = [text for kind, text in citable(shown_message(message)) if kind != "tool_result"]
    assert [piece.raw for piece in pieces] == raw
    assert [piece.shown for piece in pieces] == shown


def units(piece: ShownPiece) -> list[tuple[str, str]]:
    """The text in its smallest parts, each as it was said and as it is shown."""
    found: list[tuple[str, str]] = []
    at = 0
    for start, end, shown_start, shown_end in piece.changes:
        found += [(char, char) for char in piece.raw[at:start]]
        found.append((piece.raw[start:end], piece.shown[shown_start:shown_end]))
        at = end
    return found + [(char, char) for char in piece.raw[at:]]


@given(messages(), st.data())
def test_a_quote_leads_to_all_that_is_shown_as_it_and_no_more(
    message: ChatMessage, data: st.DataObject
) -> None:
    for piece in shown_pieces(message):
        parts = units(piece)
        assert "".join(shown for _, shown in parts) == piece.shown
        start = data.draw(st.integers(0, len(piece.shown) - 1))
        end = data.draw(st.integers(start + 1, len(piece.shown)))
        touched: list[str] = []
        at = 0
        for raw, shown in parts:
            if at < end and at + len(shown) > start:
                touched.append(raw)
            at += len(shown)
        first, last = piece.raw_place(start, end)
        assert piece.raw[first:last] == "".join(touched)


CALL = ToolCall(
    id="1", function="pay", arguments={"label": 'He said "go"\n\u200bnow', "to": {"who": ["Ann 😀"]}}
)
PAYING = ChatMessageAssistant(content="😀 I pay. I pay.", tool_calls=[CALL])


@pytest.mark.parametrize(
    ("message", "quote", "span", "found"),
    [
        pytest.param(spoken("I pay."), "pay", None, "0:pay", id="no span, as in logs of earlier versions"),
        pytest.param(
            PAYING,
            "I pay.",
            Span(piece=0, kind="text", start=9, end=15),
            "0:I pay.",
            id="repeated, the second",
        ),
        pytest.param(PAYING, "He said", None, "1:He said", id="inside a call's line"),
        pytest.param(PAYING, 'He said "go"', None, '2:He said "go"', id="an argument without its escapes"),
        pytest.param(
            PAYING, "Ann 😀", Span(piece=3, kind="tool_call", start=0, end=5), "3:Ann 😀", id="astral, nested"
        ),
        pytest.param(PAYING, '"l⟦⟧abel"', None, '1:"label"', id="a key that is split"),
        pytest.param(
            PAYING, "⟦U+200B⟧now", None, "1:\u200bnow", id="a character that is not seen, by its name"
        ),
        pytest.param(spoken(FRAME), "<⟦⟧|im_start|>", None, "0:<|im_start|>", id="a word of a frame, split"),
        pytest.param(spoken(FRAME), "im_start", None, "0:im_start", id="a part of it"),
        pytest.param(
            spoken(HIDDEN), "U+200B", None, "0:\u200b", id="a part of a name is the whole character"
        ),
        pytest.param(
            ChatMessageAssistant(content=[ContentReasoning(reasoning="I lie."), ContentText(text="Yes.")]),
            "I lie.",
            Span(piece=0, kind="reasoning", start=0, end=6),
            "0:I lie.",
            id="reasoning comes first",
        ),
        pytest.param(
            ChatMessageTool(content="", error=ToolCallError("unknown", "No such 😀 file")),
            "file",
            None,
            "0:file",
            id="a failed call's error",
        ),
        pytest.param(spoken("I pay."), "I paid.", None, None, id="not there"),
        pytest.param(
            spoken("I pay."),
            "pay",
            Span(piece=4, kind="text", start=0, end=3),
            "0:pay",
            id="a piece that is not there",
        ),
        pytest.param(
            spoken("I pay."),
            "I pay",
            Span(piece=0, kind="text", start=1, end=99),
            "0:I pay",
            id="a place past the end",
        ),
    ],
)
def test_an_exact_quote(message: ChatMessage, quote: str, span: Span | None, found: str | None) -> None:
    assert words_at(message, quote, "exact", span) == found


@pytest.mark.parametrize(
    ("quote", "match", "span", "found"),
    [
        ("I  “pay”", "normalised", (0, 2, 9), '0:I "pay"'),
        ("now..", "normalised", (0, 10, 14), "0:now…"),
        ("I  “pay”", "normalised", (0, 4, 9), None),
        ("I  “pay”", "normalised", (0, 0, 14), None),
        ("I  “pay”", "normalised", (0, 3, 3), None),
        ("\u200b", "normalised", (0, 2, 9), None),
        ('I "pays" now', "near", (0, 2, 13), '0:I "pay" now'),
        ('I "pays" now', "near", None, None),
        ('I "pays" now', "near", (0, 6, 13), None),
        ('I "pays" now', "near", (0, 2, 99), None),
        ('I "pays" now', "near", (1, 0, 1), None),
        ("pay", "none", (0, 5, 8), None),
    ],
)
def test_a_quote_that_is_not_exact_stands_where_its_span_says_if_its_words_do(
    quote: str, match: Match, span: tuple[int, int, int] | None, found: str | None
) -> None:
    place = None if span is None else Span(piece=span[0], kind="text", start=span[1], end=span[2])
    assert words_at(spoken('> I "pay" now…'), quote, match, place) == found


def test_a_message_that_holds_all_private_characters_of_the_first_plane() -> None:
    message = spoken("".join(map(chr, range(0xE000, 0xF900))) + HIDDEN)
    (piece,) = shown_pieces(message)
    assert piece.raw == message.text
    assert piece.shown.endswith("pay⟦U+200B⟧ment")


def test_what_a_provider_ran_is_no_words_of_the_targets() -> None:
    used = ContentToolUse(tool_type="web_search", id="s", name="search", arguments="cats", result="dogs")
    pieces = shown_pieces(ChatMessageAssistant(content=[ContentText(text="Let me see."), used]))
    assert [piece.raw for piece in pieces] == ["Let me see.", "search cats"]


@pytest.mark.parametrize(("text", "count"), [("", 0), ("ab", 2), ("a😀b", 4), ("e\u0301", 2)])
def test_a_page_counts_units(text: str, count: int) -> None:
    assert utf16(text) == count == len(text.encode("utf-16-le")) // 2
