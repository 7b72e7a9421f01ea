"""What Inspect's viewer shows: the tree of the conversation, nested branches included, and the auditor beside it."""

from collections.abc import Iterator

import pytest
from inspect_ai.event import AnchorEvent, ModelEvent, Timeline, TimelineEvent, TimelineSpan

from tests.scripted import Play, Played, back, call, does, play_all, says, send

AGAIN = does(back("M2"), send("Other."))
PLAYS = {
    "straight": Play([does(send()), does(send())]),
    "a fork": Play([does(send()), does(send()), AGAIN]),
    "two branches of one message": Play([does(send()), does(send()), AGAIN, AGAIN]),
    "nested": Play([does(send()), does(send()), AGAIN, does(send()), does(back("M6"), send("Deep."))]),
    "restarted": Play([does(send()), does(call("restart"), send())]),
    "no turn": Play([says("Hm."), says("Hm.")]),
    "a failure": Play([does(send()), does(send())], [says("Fine."), says("", error="gone")]),
}
SHAPES = {
    "straight": "M2 M4",
    "a fork": "M2 [M4] (M6)",
    "two branches of one message": "M2 [M4] (M6) (M8)",
    "nested": "M2 [M4] (M6 [M8] (M10))",
    "restarted": "[M2] (M4)",
    "no turn": "",
    "a failure": "M2",
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    return play_all(tmp_path_factory.mktemp("timeline"), PLAYS)


def timeline(played: Played, name: str) -> Timeline:
    (found,) = [timeline for timeline in played.sample.timelines or [] if timeline.name == name]
    return found


def shape(span: TimelineSpan, labels: dict[str | None, str]) -> str:
    """The span's target messages; from an anchor on in brackets, each branch in parentheses."""
    parts: list[str] = []
    open_anchor = False
    for item in span.content:
        assert isinstance(item, TimelineEvent)
        if isinstance(item.event, ModelEvent):
            label = labels[item.event.output.message.id]
            parts.append(f"[{label}]" if open_anchor else label)
            open_anchor = False
        else:
            open_anchor = isinstance(item.event, AnchorEvent)
    parts += [f"({shape(branch, labels)})" for branch in span.branches]
    return " ".join(parts)


def spans(span: TimelineSpan) -> Iterator[TimelineSpan]:
    yield span
    for branch in span.branches:
        yield from spans(branch)


@pytest.mark.parametrize("name", PLAYS)
def test_the_target_timeline_is_the_tree(runs: dict[str, Played], name: str) -> None:
    played = runs[name]
    labels = {node.message.id: node.label for node in played.transcript.conversation()}
    assert shape(timeline(played, "target").root, labels) == SHAPES[name]


@pytest.mark.parametrize("name", PLAYS)
def test_each_branch_begins_at_an_anchor_of_its_parent(runs: dict[str, Played], name: str) -> None:
    every = list(spans(timeline(runs[name], "target").root))
    assert len({span.id for span in every}) == len(every)
    for span in every:
        anchors = [
            item.event.anchor_id
            for item in span.content
            if isinstance(item, TimelineEvent) and isinstance(item.event, AnchorEvent)
        ]
        assert len(set(anchors)) == len(anchors)
        assert {branch.branched_from for branch in span.branches} == set(anchors)


@pytest.mark.parametrize("name", PLAYS)
def test_the_auditor_timeline_holds_its_calls(runs: dict[str, Played], name: str) -> None:
    played = runs[name]
    content = timeline(played, "auditor").root.content
    events = [item.event.uuid for item in content if isinstance(item, TimelineEvent)]
    assert events == [event.uuid for event in played.calls("auditor")]


@pytest.mark.parametrize("name", PLAYS)
def test_inspect_shows_the_conversation_at_its_head(runs: dict[str, Played], name: str) -> None:
    played = runs[name]
    tree = played.transcript.conversation()
    texts = [message.text for message in tree.messages()]
    assert [message.text for message in played.sample.messages] == texts
