"""The target's model calls, as another program's log holds them, merged into one conversation tree.

Each call holds the whole conversation that the target was sent. So rollbacks and restarts need no record of their own:
where two calls part, a branch begins, whichever program made them and whatever it called them.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Final

from inspect_ai.event import Event, ModelEvent, SpanBeginEvent
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool

from petri.conversation.text import text_of
from petri.conversation.tree import Node, Origin, Tree
from petri.errors import TreeError, UnreadableLog

_SENDING: Final = {"send_message", "send_tool_call_result"}
"""The tools of Petri 2's auditor that call the target."""

Words = tuple[str, str, str, str | None]


class Calls:
    """The model calls among a sample's events, by who made them."""

    def __init__(self, events: Iterable[Event]) -> None:
        """Sort out the events; calls that scorers made are no part of the audit."""
        seen = tuple(events)
        self._spans = {event.id: event for event in seen if isinstance(event, SpanBeginEvent)}
        made = [
            call for call in seen if isinstance(call, ModelEvent) and not self._is_within(call, _is_scoring)
        ]
        self.target = tuple(call for call in made if self._is_targets(call))
        self.auditor = tuple(
            call
            for call in made
            # Petri 3 lets the auditor's model check the realism where no other is named.
            if call.role == "auditor" and not self._is_within(call, lambda span: span.name == "realism")
        )

    def _is_targets(self, call: ModelEvent) -> bool:
        """Say whether the target was called: by its role, else, where the role had no model, by the place."""
        return call.role == "target" or (call.role is None and self._is_within(call, _is_of_the_target))

    def _is_within(self, event: Event, wanted: Callable[[SpanBeginEvent], bool]) -> bool:
        passed: set[str] = set()
        at = event.span_id
        while at is not None and at not in passed and (span := self._spans.get(at)) is not None:
            if wanted(span):
                return True
            passed.add(at)
            at = span.parent_id
        return False


def _is_scoring(span: SpanBeginEvent) -> bool:
    return span.type in {"scorers", "scorer"}


def _is_of_the_target(span: SpanBeginEvent) -> bool:
    return span.name == "target" or (span.type == "tool" and span.name in _SENDING)


class Grafting:
    """A conversation that grows by one call of the target at a time."""

    def __init__(self, where: str) -> None:
        """Start with no message; ``where`` names the sample in errors."""
        self.tree = Tree()
        self.unanswered = 0
        """Calls that failed or broke off."""
        self.given = 0
        """Messages in the target's name that are none of its recorded replies."""
        self._where = where
        self._below: defaultdict[str | None, list[Node]] = defaultdict(list)
        self._words: dict[str, Words] = {}

    def add(self, call: ModelEvent) -> None:
        """Add what a call shows of the conversation; what is there already is not added again."""
        at: Node | None = None
        try:
            self.tree.move(None)
            for position, message in enumerate(call.input, start=1):
                is_last = position == len(call.input)
                known = self._known(at, message, is_last=is_last)
                at = known or self._append(at, call, message, _origin(message, is_last=is_last))
                self.given += known is None and at.origin is Origin.PREFIX
            reply = reply_of(call)
            if reply is None:
                self.unanswered += 1
            elif not any(_same_id(node.message, reply) for node in self._below[at.label if at else None]):
                self._append(at, call, reply, Origin.TARGET)
        except TreeError as fault:
            after = "at the start" if at is None else f"after message {at.label}"
            raise UnreadableLog(f"{self._where}: a call of the target, {after}: {fault}") from fault

    def _append(self, at: Node | None, call: ModelEvent, message: ChatMessage, origin: Origin) -> Node:
        parent = None if at is None else at.label
        self.tree.move(parent)
        self.tree.set_tools(call.tools)
        if origin is Origin.PREFILL:
            message = ChatMessageAssistant(id=message.id, content=text_of(message))
        stop = call.output.stop_reason if origin is Origin.TARGET else None
        node = self.tree.append(message, origin, stop)
        self._below[parent].append(node)
        self._words[node.label] = _words(node.message)
        return node

    def _known(self, at: Node | None, message: ChatMessage, *, is_last: bool) -> Node | None:
        """Give the node that this message is, where an earlier call showed it."""
        below = self._below[None if at is None else at.label]
        words = _words(message)
        same = [node for node in below if self._words[node.label] == words]
        if message.role == "assistant" and is_last:
            same = [node for node in same if node.origin is Origin.PREFILL]
        if same:
            return next((node for node in same if _same_id(node.message, message)), same[0])
        return self._joined(below, words) if message.role == "assistant" else None

    def _joined(self, below: list[Node], words: Words) -> Node | None:
        """Give the reply that was later sent as one message with the prefill it goes on from."""
        for prefill in below:
            if prefill.origin is Origin.PREFILL:
                before = self._words[prefill.label][1]
                for reply in self._below[prefill.label]:
                    _, text, calls, _ = self._words[reply.label]
                    if (_squeezed(before + text), calls) == (_squeezed(words[1]), words[2]):
                        return reply
        return None


def _origin(message: ChatMessage, *, is_last: bool) -> Origin:
    """Give the origin of a message that the target was sent and that is no reply of its own."""
    if isinstance(message, ChatMessageTool):
        return Origin.SIMULATED_TOOL
    if isinstance(message, ChatMessageAssistant):
        return Origin.PREFILL if is_last and not message.tool_calls else Origin.PREFIX
    return Origin.AUDITOR


def reply_of(call: ModelEvent) -> ChatMessageAssistant | None:
    """Give what the target said; nothing of a call that failed, though the log has an empty message there."""
    broke_off = call.error is not None or call.pending or call.output.error is not None
    return None if broke_off or not call.output.choices else call.output.message


def _words(message: ChatMessage) -> Words:
    """Give what makes two messages at one place the same one; earlier reasoning is not always sent again."""
    calls = message.tool_calls or () if isinstance(message, ChatMessageAssistant) else ()
    told = [(call.id, call.function, call.arguments) for call in calls]
    answered = message.tool_call_id if isinstance(message, ChatMessageTool) else None
    return message.role, text_of(message), json.dumps(told, sort_keys=True, default=str), answered


def _same_id(one: ChatMessage, other: ChatMessage) -> bool:
    """Say whether two messages are one by their ids; without an id nothing can be said."""
    return one.id is not None and one.id == other.id


def _squeezed(text: str) -> str:
    return "".join(text.split())
