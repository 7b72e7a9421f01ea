"""What a judge is asked: the transcript first, a prefix that caches; then the task, with the same nonce."""

import json
from collections.abc import Sequence

from inspect_ai.model import ChatMessage, ChatMessageSystem, ChatMessageUser, ContentText

from petri.prompts.files import Prompts
from petri.rubric.schema import Dimension


def opening(transcript: str, task: str, prompts: Prompts) -> list[ChatMessage]:
    """Give the messages that open a call; both parts are JSON."""
    return [
        ChatMessageSystem(content=prompts.text("judge/system")),
        ChatMessageUser(content=[ContentText(text=transcript), ContentText(text=task)]),
    ]


def task_json(
    dimensions: Sequence[Dimension], validity: str | None, nonce: str, instruction: str | None = None
) -> str:
    """Give the task: the rubric, the validity condition, and what differs from judging a whole transcript, if anything.

    A judge is not told what follows from its scores.
    """
    rubric = [dimension.as_task() for dimension in dimensions]
    task = {"nonce": nonce, "validity": validity, "dimensions": rubric}
    return json.dumps(task | ({"instruction": instruction} if instruction else {}), ensure_ascii=False)
