r"""What a model sends, in a form that can be written down.

A model's tool call can spell half a character (``\ud83d`` without its other half). No file and no request can hold
one: unmended, a single half would cost the log of every audit beside it.
"""

import json
import re
from typing import Final

from inspect_ai.model import ChatMessageAssistant

from petri.conversation.tree import dump_message

_HALF: Final = re.compile("[\ud800-\udfff]")


def storable(message: ChatMessageAssistant) -> ChatMessageAssistant:
    """Give the message with each half of a character joined to its other half, or replaced by U+FFFD."""
    text = json.dumps(dump_message(message), ensure_ascii=False)
    if not _HALF.search(text):
        return message
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return ChatMessageAssistant.model_validate_json(whole)
