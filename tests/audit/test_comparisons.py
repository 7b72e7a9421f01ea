"""Branches that mean something: the same point again with one thing changed or none, and all the rest held."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from petri.transcript.schema import Comparison
from tests.scripted import (
    UNCALLED,
    JsonObject,
    Play,
    Played,
    Replies,
    answer,
    branch,
    call,
    create,
    does,
    play,
    play_all,
    says,
    score,
    send,
    shown,
    verdict,
    world,
)

SYSTEM: Final = call("set_system_prompt", text="Be kind.")
LOOK: Final = does(call("look", path="a"))
LOOKED: Final = 'assistant: [look {"path": "a"}]'
STAGED: Replies = (does(SYSTEM, create(), send("One.")), does(answer("M3.1")), does(send("Two.")))
"""M1 system, M2 user, M3 call, M4 result, M5 reply, M6 user, M7 reply."""
TARGET: Replies = (LOOK, says("Aye."), says("Nay."))
FIVE: Final = ["system: Be kind.", "user: One.", LOOKED, "tool: found it", "assistant: Aye.", "user: Two."]


@dataclass(frozen=True, slots=True)
class Case:
    """A comparison at the last of the replies: what each side is sent, how often, and what is recorded."""

    asked: JsonObject
    changed: list[str] | None = None
    samples: int = 1
    record: Comparison | None = None
    auditor: Replies = STAGED
    target: Replies = TARGET
    unchanged: list[str] | None = None
    prefix: tuple[str, ...] = ("M3", "M5")
    """What the target said, held as said before."""


def record(
    at: str, change: str | None, unchanged: str, changed: str = "", label: str | None = None
) -> Comparison:
    fresh, other = tuple(unchanged.split()), tuple(changed.split())
    return Comparison(at=at, change=change, label=label, unchanged=fresh, changed=other)


def altered(**changes: str) -> list[str]:
    """The path with messages replaced, by their number."""
    return [changes.get(f"m{number}", line) for number, line in enumerate(FIVE, start=1)]


CASES: dict[str, Case] = {
    "nothing changed": Case(branch("M7"), record=record("M7", None, "M8"), prefix=()),
    "nothing changed, three times": Case(
        branch("M7"), samples=3, record=record("M7", None, "M8 M9 M10"), prefix=()
    ),
    "the system prompt": Case(
        branch("M7", "system_prompt", text="Be curt."),
        altered(m1="system: Be curt."),
        record=record("M7", "system_prompt", "M14", "M15"),
    ),
    "the system prompt, three times": Case(
        branch("M7", "system_prompt", text="Be curt."),
        altered(m1="system: Be curt."),
        3,
        record("M7", "system_prompt", "M14 M15 M16", "M17 M18 M19"),
    ),
    "no system prompt": Case(
        branch("M7", "system_prompt"), FIVE[1:], record=record("M7", "system_prompt", "M13", "M14")
    ),
    "the first message": Case(
        branch("M7", "message", label="M2", text="Uno."),
        altered(m2="user: Uno."),
        record=record("M7", "message", "M13", "M14", "M2"),
    ),
    "the last message": Case(
        branch("M7", "message", label="M6", text="Dos."),
        altered(m6="user: Dos."),
        record=record("M7", "message", "M9", "M10", "M6"),
        prefix=(),
    ),
    "a result": Case(
        branch("M7", "tool_result", label="M4", text="nothing"),
        altered(m4="tool: nothing"),
        record=record("M7", "tool_result", "M11", "M12", "M4"),
        prefix=("M5",),
    ),
    "a prefill": Case(
        branch("M7", "prefill", text="Well, "),
        [*FIVE, "assistant: Well,"],
        2,
        record("M7", "prefill", "M9 M10", "M11 M12"),
        prefix=(),
    ),
    "another prefill": Case(
        branch("M8", "prefill", text="Well"),
        [*FIVE, "assistant: Well"],
        auditor=(*STAGED[:2], does(send("Two."), call("prefill", text="So"))),
        record=record("M8", "prefill", "M10", "M11"),
        unchanged=[*FIVE, "assistant: So"],
        prefix=(),
    ),
    "no prefill": Case(
        branch("M8", "prefill"),
        FIVE,
        auditor=(*STAGED[:2], does(send("Two."), call("prefill", text="So"))),
        record=record("M8", "prefill", "M9", "M10"),
        unchanged=[*FIVE, "assistant: So"],
        prefix=(),
    ),
    "something before a prefill": Case(
        branch("M5", "message", label="M1", text="Uno."),
        ["user: Uno.", "assistant: SoAye.", "user: Two."],
        auditor=(does(send("One."), call("prefill", text="So")), does(send("Two."))),
        target=(UNCALLED[0], says("Aye.")),
        record=record("M5", "message", "M10", "M11", "M1"),
        unchanged=["user: One.", "assistant: SoAye.", "user: Two."],
        prefix=("M3",),
    ),
    "a system prompt where there was none": Case(
        branch("M2", "system_prompt", text="Be curt."),
        ["system: Be curt.", "user: One."],
        auditor=(does(send("One.")),),
        target=(says("Aye."),),
        record=record("M2", "system_prompt", "M5", "M6"),
        unchanged=["user: One."],
        prefix=(),
    ),
}


def scripted(case: Case) -> Play:
    audit = {"branch_samples": case.samples, "prefill": True}
    return Play([*case.auditor, does(case.asked)], case.target, audit=audit)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    return play_all(
        tmp_path_factory.mktemp("comparisons"), {name: scripted(case) for name, case in CASES.items()}
    )


@pytest.mark.parametrize("name", CASES)
def test_what_is_compared(runs: dict[str, Played], name: str) -> None:
    case, played = CASES[name], runs[name]
    assert not played.errors()
    assert played.audit.outcome == "completed"
    before = played.inputs()[: len(case.target)]
    drawn = played.inputs()[len(case.target) :]
    same = case.unchanged or FIVE
    assert before[-1] == same
    assert drawn == [same] * case.samples + [case.changed or []] * (
        0 if case.changed is None else case.samples
    )
    assert played.transcript.comparisons == (case.record,)


@pytest.mark.parametrize("name", CASES)
def test_all_else_is_held(runs: dict[str, Played], name: str) -> None:
    """Behind the change stand copies, with the tools they had; what the target said there it never said."""
    case, played = CASES[name], runs[name]
    tree = played.transcript.conversation()
    (made,) = played.transcript.comparisons
    held = [node for node in tree if node.origin == "prefix"]
    assert [shown(node.message) for node in held] == [shown(tree[label].message) for label in case.prefix]
    for label in made.changed:
        assert tree[label].tools == tree[made.at].tools
    spoken = {event.output.message.id: event for event in played.calls("target")}
    for label in (*made.unchanged, *made.changed):
        assert tree[label].origin == "target"
        event = spoken[tree[label].message.id]
        assert [tool.name for tool in event.tools] == [tool.name for tool in tree[made.at].tools]
    ids = [node.message.id for node in tree]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", CASES)
def test_every_side_is_told_and_judged(runs: dict[str, Played], name: str) -> None:
    played = runs[name]
    (made,) = played.transcript.comparisons
    told = next(told for told in played.told() if "branch" in told)
    asked = told["branch"]
    assert [row["label"] for row in asked["unchanged"]] == list(made.unchanged)
    assert [row["label"] for row in asked["changed"]] == list(made.changed)
    assert all("text" in row or "tool_calls" in row for row in (*asked["unchanged"], *asked["changed"]))
    assert told["head"] == told["path"][-1] == (made.changed or made.unchanged)[-1]
    branches = played.transcript.conversation().branches()
    assert {node.label for node in branches} >= {*made.unchanged, *made.changed}
    assert played.audit.branches == len(branches)


def test_the_audit_goes_on_from_the_last_of_them(tmp_path: Path) -> None:
    script = Play(
        [*STAGED, does(branch("M7", "system_prompt", text="Be curt.")), does(send("Three."))], TARGET
    )
    played = play(tmp_path, script)
    assert played.inputs()[-1] == [*altered(m1="system: Be curt."), "assistant: Nay.", "user: Three."]
    assert played.tools()[-1] == ["look"]


def test_only_what_was_said_after_the_change_is_held_against_the_target(tmp_path: Path) -> None:
    """A quote of a held copy is turned down, one of an answer drawn anew stands; the last branch it took counts."""
    judge = [verdict(score(8, ("M12", "Aye."))), verdict(score(8, ("M15", "Nay."), ("M7", "Nay.")))]
    later = [verdict(score(8, ("M15", "Nay.")))]
    asked = does(branch("M7", "system_prompt", text="Be curt."))
    script = Play([*STAGED, asked], TARGET, panel=[judge, later])
    played = play(tmp_path, script)
    assert len(played.calls("judge")) == 3
    assert (played.audit.branches, played.audit.scores["caving"].attempt) == (3, 3)
    early = [verdict(score(8, ("M7", "Nay.")))]
    alone = play(tmp_path / "alone", Play([*STAGED, asked], TARGET, early))
    assert (alone.audit.branches, alone.audit.scores["caving"].attempt) == (3, 1)


def test_a_budget_stops_it(tmp_path: Path) -> None:
    """All branches together have four times the turns of one."""
    audit = {"max_turns": 2, "branch_samples": 50}
    played = play(
        tmp_path, Play([does(send()), does(branch("M2", "message", label="M1", text="Hi."))], audit=audit)
    )
    assert len(played.calls("target")) == 8
    assert played.transcript.comparisons == (record("M2", "message", "M4 M5 M6 M7 M8 M9 M10", label="M1"),)
    assert played.audit.outcome == "limit:turns"


FULL: Final = says("Too long.", stop="model_length")
FAULTS: Mapping[str, tuple[Play, str, Comparison | None]] = {
    "the context is full where nothing is changed": (
        Play([does(send("Hi.")), does(branch("M2"))], rules={"target": []}),
        "completed",
        record("M2", None, "M3"),
    ),
    "the context is full behind the change": (
        Play(
            [does(send()), does(branch("M2", "message", label="M1", text="Long."))],
            rules={"target": [{"when": {"contains": "Long."}, "reply": FULL}]},
        ),
        "limit:context",
        record("M2", "message", "M4", label="M1"),
    ),
    "the target fails behind the change": (
        Play(
            [does(send()), does(branch("M2", "message", label="M1", text="Long."))],
            rules={"target": [{"when": {"contains": "Long."}, "reply": says("", error="gone")}]},
        ),
        "error",
        record("M2", "message", "M4", "", "M1"),
    ),
    "two in one reply": (
        Play([does(send()), does(branch("M2"), branch("M2"))]),
        "completed",
        record("M2", None, "M3"),
    ),
    "beside what waits": (Play([does(send()), does(send("More."), branch("M2"))]), "completed", None),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults(tmp_path: Path, name: str) -> None:
    script, outcome, made = FAULTS[name]
    played = play(tmp_path, script)
    assert played.audit.outcome == outcome
    assert played.transcript.comparisons == ((made,) if made else ())
    errors = {
        "two in one reply": ["the branch at M2 comes first"],
        "beside what waits": ["still waits for the target"],
    }
    assert [words in error for words, error in zip(errors.get(name, []), played.errors(), strict=True)] == [
        True for _ in errors.get(name, [])
    ]


READ: Final[JsonObject] = create("read", backed_by="files.read")


def test_the_world_is_held_too(tmp_path: Path) -> None:
    """Behind the change the files are those that were there; what was written later is not."""
    auditor: Replies = [
        does(world("files.write", path="/a", content="old"), READ, send("Read.")),
        does(world("files.write", path="/a", content="new"), send("Again.")),
        does(branch("M4", "message", label="M1", text="Please read.")),
        does(send("Once more.")),
        does(world("files.read", path="/a")),
    ]
    read = does(call("read", path="/a"))
    target: Replies = [read, says("Aye."), says("Nay."), says("Hm."), says("Ha.")]
    played = play(tmp_path, Play(auditor, target, audit={"world": True}))
    assert [result.text for result in played.answers() if result.function == "world"][
        -1
    ] == '{"result": "old"}'
    assert not played.errors()


def test_a_change_of_what_failed_still_fails(tmp_path: Path) -> None:
    """One thing is changed: the words, not that it is an error."""
    asked: dict[str, Any] = {"label": "M3", "text": "no permission"}
    auditor: Replies = [
        does(create(), send()),
        does(answer("M2.1", "no such path", is_error=True)),
        does(branch("M4", "tool_result", **asked)),
    ]
    played = play(tmp_path, Play(auditor, [LOOK]))
    assert played.inputs()[-1] == ["user: Hello.", LOOKED, "tool!: no permission"]
