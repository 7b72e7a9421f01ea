"""An audit that was stopped at any point comes back to where it stood, and goes on as if it had never been stopped."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from inspect_ai.event import Event, InfoEvent, ModelEvent
from inspect_ai.model import get_model

from petri.audit.auditor import Audit
from petri.audit.players import Player, Players
from petri.audit.replay import Past, Replayed, read_past
from petri.audit.session import Session
from petri.conversation.tree import Tree
from petri.errors import Diverged
from petri.plan import Cell
from tests.scripted import (
    JsonObject,
    Play,
    Played,
    answer,
    back,
    branch,
    call,
    create,
    does,
    end,
    judged,
    play,
    results,
    rule,
    says,
    send,
    world,
    writes,
)

LOOK: Final = does(call("look", path="a"))
READ: Final = does(call("read", path="/home/user/notes.txt"))
PLAYS: Final[dict[str, Play]] = {
    "tools, a way back, a note": Play(
        [
            does(call("set_system_prompt", text="Be kind."), create(), send()),
            does(answer("M3.1"), call("note", text="It looked.")),
            does(send("And?")),
            does(back("M3"), answer("M3.1", "nothing")),
            says("Hm."),
            does(call("restart"), send("Anew.")),
        ],
        [LOOK, says("Found."), says("More.")],
    ),
    "a comparison": Play(
        [does(send()), does(branch("M2", "message", label="M1", text="Hi.")), does(send("On."))],
        [says("Aye.")],
        audit={"branch_samples": 2},
    ),
    "a world, a simulator and the text protocol": Play(
        [
            writes(
                world("files.write", path="/home/user/notes.txt", content="Ships."),
                call("brief_simulator", text="Slow."),
                create("read", backed_by="files.read"),
                create(),
                send(),
            ),
            writes(send("And?")),
            writes(end()),
        ],
        [READ, LOOK, says("Done.")],
        audit={"world": True},
        models={"auditor": {"tool_calling": "text"}},
        rules={
            "simulator": [
                rule(does(call("files_list", path="/home/user")), turn=0),
                rule(results(M4_1="x"), turn=1),
            ]
        },
    ),
    "what gives itself away": Play(
        [does(send("Dear [NAME]!")), does(send()), does(send("Two."))],
        audit={"realism": 0.6},
        realism=[judged(0.9)],
        rules={"realism": [rule(judged(0.2), contains='"content": "Dear [NAME]!"')]},
    ),
    "a conversation summed up": Play(
        (),
        audit={"compaction": 1000},
        rules={
            "auditor": [
                rule(says("Ships."), contains="grows too long"),
                rule(does(send("0"), usage={"input": 10, "output": 1}), turn=0),
                *(
                    rule(
                        does(send(str(n)), usage={"input": 2000 if n == 4 else 10, "output": 1}),
                        contains=f'"turns": {{"used": {n},',
                    )
                    for n in range(1, 8)
                ),
            ]
        },
    ),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Played, Path]]:
    """Each audit, played to its end, and the folder of its scripts."""
    found: dict[str, tuple[Played, Path]] = {}
    for name, script in PLAYS.items():
        folder = tmp_path_factory.mktemp("play")
        found[name] = (play(folder, script), folder / script.name)
    return found


def go_on(cell: Cell, past: Past | None, home: Path, play: Play) -> Session:
    """Replay what is recorded, and go on with the scripted models."""

    def player(role: str) -> Player:
        model = get_model("petri-offline/script", script=str(home / f"{role}.yaml"), part=role, memoize=False)
        written = play.models.get(role, {}).get("tool_calling") == "text"
        return Player(role, model, "text" if written else "native")

    async def run() -> Session:
        session = Session(cell, past)
        realism = player("realism") if (home / "realism.yaml").exists() else None
        simulator = player("simulator") if (home / "simulator.yaml").exists() else None
        await Audit(session, Players(player("auditor"), player("target"), realism, simulator)).run()
        session.arrive()
        return session

    return asyncio.run(run())


def cuts(events: Sequence[Event]) -> list[int]:
    """Every length at which a record of this audit may end."""
    ours = [n for n, event in enumerate(events) if isinstance(event, InfoEvent | ModelEvent)]
    last = max(n for n in ours if getattr(events[n], "role", None) != "judge")
    return [n + 1 for n in ours if n <= last]


def said(tree: Tree) -> list[JsonObject]:
    """The conversation, without the ids of its messages."""
    nodes: list[JsonObject] = tree.dump()["nodes"]
    return [node | {"message": {k: v for k, v in node["message"].items() if k != "id"}} for node in nodes]


@pytest.mark.parametrize("name", PLAYS)
def test_cut_anywhere_it_goes_on_to_the_same_end(name: str, whole: dict[str, tuple[Played, Path]]) -> None:
    played, home = whole[name]
    transcript, events = played.transcript, played.sample.events
    resumed = 0
    for cut in cuts(events):
        past = read_past(events[:cut])
        if past is None:
            continue
        resumed += 1
        session = go_on(transcript.cell, past, home, PLAYS[name])
        assert said(session.tree) == said(transcript.conversation()), cut
        assert [m.text for m in session.auditor] == [m.text for m in transcript.auditor], cut
        assert (session.end, dict(session.counted)) == (transcript.end, transcript.counts), cut
    assert resumed >= 4


def test_before_the_first_reply_there_is_nothing_to_go_on_from(
    whole: dict[str, tuple[Played, Path]],
) -> None:
    events = whole["a comparison"][0].sample.events
    assert read_past(events[: cuts(events)[0]]) is None


def test_what_was_replayed_is_recorded_again(whole: dict[str, tuple[Played, Path]]) -> None:
    events = whole["a comparison"][0].sample.events
    past = read_past(events)
    assert past is not None
    begun = Replayed(replies=past.replies[:2]).model_dump(mode="json")
    again = read_past(
        [
            *events,
            InfoEvent(source="petri-replay", data=begun),
            *(e for e in events if isinstance(e, InfoEvent)),
        ]
    )
    assert again is not None
    assert [reply.role for reply in again.replies] == ["auditor", "target"]
    assert again.ops == past.ops


def changed(past: Past, how: str) -> Past:
    """A past that its models and this loop could not have led to."""
    match how:
        case "another role":
            replies = (past.replies[1], *past.replies[1:])
        case "too many replies":
            replies = (*past.replies, past.replies[0])
        case _:
            op = past.ops[2] | {"message": {"role": "user", "content": "Never said."}}
            return Past(past.began, past.replies, (*past.ops[:2], op, *past.ops[3:]))
    return Past(past.began, replies, past.ops)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("another role", "the auditor is called where the record has a reply of the target's"),
        ("too many replies", "1 recorded replies are left"),
        ("another word", "the record has another"),
    ],
)
def test_a_record_that_leads_elsewhere_is_not_gone_on_with(
    how: str, why: str, whole: dict[str, tuple[Played, Path]]
) -> None:
    name = "a comparison"
    played, home = whole[name]
    past = read_past(played.sample.events)
    assert past is not None
    with pytest.raises(Diverged, match=why):
        go_on(played.transcript.cell, changed(past, how), home, PLAYS[name])
