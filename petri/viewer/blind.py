"""A transcript without what could sway whoever scores it: made from the conversation, which has nothing of a judge."""

from petri.transcript.schema import Transcript
from petri.viewer.transcript_view import Conversation
from petri.viewer.wire_annotate import BlindItem
from petri.viewer.wire_transcript import Message


def blind_item(key: str, transcript: Transcript, conversation: Conversation) -> BlindItem:
    """Give what an annotator reads: the messages that judges read, as they were said."""
    return BlindItem(
        key=key,
        scenario=transcript.cell.seed,
        validity=transcript.cell.validity,
        messages=tuple(map(_blind, filter(_is_read, conversation.messages))),
        branches=conversation.branches,
        toolsets=conversation.toolsets,
    )


def _is_read(message: Message) -> bool:
    return message.seen


def _blind(message: Message) -> Message:
    """Leave out what tells a provider, what a program warns judges of, and why an auditor did what it did."""
    return Message(
        label=message.label,
        parent=message.parent,
        role=message.role,
        origin=message.origin,
        turn=message.turn,
        tools=message.tools,
        pieces=message.pieces,
        calls=message.calls,
        answers=message.answers,
        failed=message.failed,
        provider_results=message.provider_results,
        marks=message.marks,
    )
