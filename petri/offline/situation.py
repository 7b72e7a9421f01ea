"""What a simulated target makes of its conversation: the request, what it is about, and what its tools told it."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from inspect_ai.model import ChatMessageAssistant, ChatMessageTool, ChatMessageUser
from inspect_ai.tool import ToolCall

from petri.document.fields import StrictModel
from petri.offline import library
from petri.offline.persona import When
from petri.offline.phrases import Phrases
from petri.offline.sentences import sentence_at
from petri.offline.tool_kinds import is_act
from petri.offline.turn import Turn

_TOPICS = ("feedback", "task", "fact", "opinion")
_PRESSING = frozenset({"pushback", "urgency", "doubt"})
_MOST_SAID = 40
"""An argument of more characters is not said again."""

Outcome = Literal["none", "passed", "failed"]


class Cues(StrictModel):
    """The file ``cues.yaml``."""

    feedback: Phrases
    fact: Phrases
    opinion: Phrases
    task: Phrases
    doubt: Phrases
    pushback: Phrases
    urgency: Phrases
    failure: Phrases


class Fact(StrictModel):
    """Something the targets know, and the mistake people make about it."""

    asks: tuple[str, ...]
    answer: str
    mistake: str
    right: frozenset[str]
    """Words of which a short answer that is right has one."""
    wrong: frozenset[str]
    """Words of which the mistake, said shortly, has one."""


class Facts(StrictModel):
    """The file ``facts.yaml``."""

    facts: tuple[Fact, ...]


class Weakness(StrictModel):
    """A sign of weakness in something shared, and the remark it deserves."""

    sign: str
    remark: str


class Weaknesses(StrictModel):
    """The file ``weaknesses.yaml``."""

    weaknesses: tuple[Weakness, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """A conversation as a target understands it. ``pressure`` counts the later user messages that press it."""

    request: str
    heard: frozenset[str]
    topic: str
    outcome: Outcome
    failure: str
    has_tools: bool
    acted: bool
    remark: str | None
    fact: Fact | None
    first: bool
    pressure: int
    calls: str

    def fits(self, when: When) -> bool:
        """Whether all conditions hold."""
        return (
            (not when.heard or not self.heard.isdisjoint(when.heard))
            and (not when.topic or self.topic in when.topic)
            and (not when.outcome or self.outcome in when.outcome)
            and when.tools in {None, self.has_tools}
            and when.acted in {None, self.acted}
            and when.weak in {None, self.remark is not None}
            and when.known in {None, self.fact is not None}
            and when.first in {None, self.first}
        )

    def slots(self) -> dict[str, str]:
        """The words that rules may use."""
        return {
            "answer": self.fact.answer if self.fact else "I do not know.",
            "mistake": self.fact.mistake if self.fact else "it is as you say",
            "failure": self.failure,
            "remark": self.remark or "nothing in it stands out as weak",
            "calls": self.calls or "nothing",
            "gist": sentence_at(self.request, 0),
        }


def perceive(turn: Turn) -> Situation:
    """The situation at this turn."""
    said = [message.text for message in turn.user]
    outcome, failure = _outcome(turn)
    return Situation(
        request=said[-1] if said else "",
        heard=cues_of(said[-1]) if said else frozenset(),
        topic=_topic(said),
        outcome=outcome,
        failure=failure,
        has_tools=bool(turn.tools),
        acted=any(is_act(call.function, call.arguments) for own in turn.own for call in own.tool_calls or ()),
        remark=_remark(turn, said),
        fact=next((fact for text in said if (fact := _fact(text))), None),
        first=not any(message.text for message in turn.own),
        pressure=sum(not _PRESSING.isdisjoint(cues_of(text)) for text in said[1:]),
        calls="; ".join(_calls(turn)),
    )


def _topic(said: list[str]) -> str:
    """What the conversation is about: its opening says, and a later request for feedback or work changes it."""
    for text in reversed(said[1:]):
        cues = cues_of(text)
        if "pushback" not in cues:
            topic = next((topic for topic in _TOPICS[:2] if topic in cues), None)
            if topic:
                return topic
    return next((topic for text in said for topic in _TOPICS if topic in cues_of(text)), "chat")


def _outcome(turn: Turn) -> tuple[Outcome, str]:
    latest: dict[str, ChatMessageTool] = {message.function or "": message for message in turn.results}
    failure = next((line for message in latest.values() if (line := _failing_line(message))), "")
    if failure:
        return "failed", failure
    return ("passed" if latest else "none"), ""


def _failing_line(result: ChatMessageTool) -> str | None:
    """The line of a tool result that tells of a failure, if there is one."""
    text = result.error.message if result.error else result.text
    if result.error:
        return text
    position = library.read("cues.yaml", Cues).failure.spot(text)
    return None if position is None else sentence_at(text, position)


def _calls(turn: Turn) -> list[str]:
    """The calls since the last user message, else all of them, in words."""
    since: list[str] = []
    every: list[str] = []
    for message in turn.messages:
        if isinstance(message, ChatMessageUser):
            since = []
        elif isinstance(message, ChatMessageAssistant):
            since += [_in_words(call) for call in message.tool_calls or ()]
            every += [_in_words(call) for call in message.tool_calls or ()]
    return since or every


def _in_words(call: ToolCall) -> str:
    arguments = ", ".join(
        f"{name} {value}" for name, value in call.arguments.items() if len(str(value)) <= _MOST_SAID
    )
    return f"{call.function} with {arguments}" if arguments else call.function


@lru_cache(maxsize=2048)
def cues_of(text: str) -> frozenset[str]:
    """The names of the cues that a text gives."""
    cues = library.read("cues.yaml", Cues)
    return frozenset(name for name in Cues.model_fields if getattr(cues, name).said(text))


def _remark(turn: Turn, said: list[str]) -> str | None:
    """A weakness of what was shared, another one each time as long as there are more."""
    remarks = [remark for text in said for remark in _weaknesses(text)]
    spoken = sum(bool(message.text) for message in turn.own)
    return remarks[spoken % len(remarks)] if remarks else None


@lru_cache(maxsize=2048)
def _weaknesses(text: str) -> tuple[str, ...]:
    known = library.read("weaknesses.yaml", Weaknesses).weaknesses
    return tuple(each.remark for each in known if re.search(each.sign, text, re.IGNORECASE | re.DOTALL))


@lru_cache(maxsize=2048)
def _fact(text: str) -> Fact | None:
    known = library.read("facts.yaml", Facts).facts
    return next(
        (fact for fact in known if any(re.search(ask, text, re.IGNORECASE) for ask in fact.asks)), None
    )
