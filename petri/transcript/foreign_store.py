"""The conversation as Petri 2 keeps it in a sample's store: the branch that an audit ended on, and no other."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from inspect_ai.model import ChatMessage, ChatMessageAssistant
from pydantic import ValidationError

from petri.conversation.tree import Origin, Tree, parse_message
from petri.errors import TreeError, UnreadableLog

_KEY: Final = re.compile(r"AuditStore:(?:[^:]+:)?(auditor|target)")
"""An audit beside others in one sample has its name in the middle."""


def audits_in_store(store: Mapping[str, Any]) -> int:
    """Count the audits whose conversations stand in a store."""
    return sum(1 for key in store if (found := _KEY.fullmatch(key)) and found[1] == "target")


def stored_tree(store: Mapping[str, Any], where: str) -> Tree:
    """Give the conversations of the target in a store, each from the start; raises ``UnreadableLog``."""
    tree = Tree()
    for key, messages in _conversations(store, "target", where):
        tree.move(None)
        for position, message in enumerate(messages):
            try:
                tree.append(message, _origin(message))
            except TreeError as fault:
                raise UnreadableLog(f"{where}: store {key}.messages.{position}: {fault}") from fault
    return tree


def stored_auditor(store: Mapping[str, Any], where: str) -> tuple[ChatMessage, ...]:
    """Give what the auditor said and was told; of several audits, one after the other."""
    return tuple(message for _, messages in _conversations(store, "auditor", where) for message in messages)


def _conversations(
    store: Mapping[str, Any], whose: str, where: str
) -> Iterator[tuple[str, list[ChatMessage]]]:
    for key, held in store.items():
        if (found := _KEY.fullmatch(key)) is None or found[1] != whose:
            continue
        rows: object = cast("dict[str, Any]", held).get("messages") if isinstance(held, dict) else None
        if not isinstance(rows, list):
            raise UnreadableLog(f"{where}: store {key}: holds no list of messages")
        told = cast("list[object]", rows)
        yield key, [_message(row, f"{key}.messages.{at}", where) for at, row in enumerate(told)]


def _message(row: object, place: str, where: str) -> ChatMessage:
    """Give a message; one without an id has its place for it, so that it is the same whenever it is read."""
    known: object = row
    if isinstance(row, dict):
        told = cast("dict[str, Any]", row)
        known = told | {"id": told.get("id") or place}
    try:
        return parse_message(known)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in fault["loc"] if "[" not in str(part)) or "the message"
        raise UnreadableLog(f"{where}: store {place}: {field}: {fault['msg'].lower()}") from error


def _origin(message: ChatMessage) -> Origin:
    """Give the origin; an assistant message that is not marked as the target's own is not held against it."""
    marks = message.metadata or {}
    if message.role == "tool":
        return Origin.SIMULATED_TOOL
    if not isinstance(message, ChatMessageAssistant):
        return Origin.AUDITOR
    if marks.get("source") == "Target":
        return Origin.TARGET
    return Origin.PREFILL if marks.get("prefill") is True else Origin.PREFIX
