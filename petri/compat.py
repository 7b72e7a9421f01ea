"""The only module that touches what Inspect does not export. Each use has a test that says when it breaks."""

from inspect_ai.event import AnchorEvent
from inspect_ai.log import transcript


def emit_anchor(anchor_id: str) -> AnchorEvent:
    """Write an anchor into the current sample's log, so that a timeline can branch from it, and return it.

    Inspect has the event type but no public call that emits one (0.3.285).
    """
    event = AnchorEvent(anchor_id=anchor_id, source="petri")
    transcript()._event(event)  # noqa: SLF001 -- see above  # pyright: ignore[reportPrivateUsage]
    return event
