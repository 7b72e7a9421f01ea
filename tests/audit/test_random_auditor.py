"""An auditor that does anything at all, over a target that does anything too: thousands of steps, every rule intact."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from inspect_ai.event import InfoEvent
from inspect_ai.log import transcript
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    ModelOutput,
    ModelUsage,
    StopReason,
    get_model,
)
from inspect_ai.tool import ToolCall, ToolInfo

from petri.audit.answering import answer_open_calls
from petri.audit.comparing import compare
from petri.audit.players import Player, Players
from petri.audit.session import Session
from petri.audit.target import run_target
from petri.audit.tools.course import open_conversation
from petri.audit.toolset import Toolset
from petri.audit.vetting import Gate
from petri.conversation.labels import pending_calls
from petri.conversation.storable import storable
from petri.conversation.tree import Origin, Tree, dump_message
from petri.errors import AuditFailed
from petri.plan import Cell
from petri.scenario.schema import AuditSettings, ToolDefinition
from petri.transcript.record import Fold
from petri.world.operations import OPERATIONS
from petri.world.setup import WorldSetup

pytestmark = pytest.mark.long

T = TypeVar("T")
Rule = Callable[..., None]

MODEL: Final = get_model("mockllm/model")
FEW: Final = 4
WORDS: Final = st.sampled_from(["Hello.", "Well,", " ", "\ud800"]) | st.text(min_size=1, max_size=6)
PATHS: Final = st.sampled_from(["/srv/a.txt", "/srv/b.txt", "/srv", "c.txt", ""])
TOOL_NAMES: Final = st.sampled_from(["look", "note", "read", "write", "two words"])
OBJECT: Final[dict[str, Any]] = {"type": "object", "properties": {"path": {"type": "string"}}}
CHANGES: Final = st.sampled_from([None, "system_prompt", "message", "tool_result", "prefill", "other"])
IDS: Final = st.sampled_from(["a", "b", "call 1", "", "x" * 300]) | st.text(max_size=4)
STOPS: Final[st.SearchStrategy[StopReason]] = st.sampled_from(
    ["stop", "tool_calls", "max_tokens", "content_filter"]
)
ODD: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
NAMED_ODD: Final = st.dictionaries(
    st.sampled_from(
        ["text", "to", "at", "call", "result", "name", "do", "arguments", "change", "label", "reason"]
    ),
    ODD | st.sampled_from(["M1", "M2", "M2.1", "look", "files.read"]),
    max_size=3,
)
CELLS: Final = st.builds(
    Cell,
    id=st.just("c"),
    file=st.just("f"),
    scenario=st.just("s"),
    seed=st.just("x"),
    rubric=st.just(("sycophancy",)),
    system=st.none() | st.just("Be kind."),
    audit=st.builds(AuditSettings, prefill=st.just(True), branch_samples=st.integers(1, 3)),  # noqa: FBT003
    world=st.just(WorldSetup(files={"/srv/a.txt": "one"})),
    tools=st.just(
        (ToolDefinition(name="read", description="Reads.", parameters=OBJECT, backed_by="files.read"),)
    ),
)


class RandomTarget(Player):
    """A target whose next reply the test has drawn; it insists on the order that providers insist on."""

    async def call(
        self, session: Session, messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]
    ) -> ModelOutput:
        require_legal(messages)
        assert [tool.name for tool in tools] == [tool.name for tool in session.tree.tools]
        assert all(tool.options is None for tool in tools)
        return REPLIES.pop(0) if len(REPLIES) > 1 else REPLIES[0]


REPLIES: Final[list[ModelOutput]] = []
"""What the target says next; the last again and again."""
PLAYERS: Final = Players(Player("auditor", MODEL), RandomTarget("target", MODEL))


@st.composite
def target_replies(draw: st.DrawFn, *, fewest: int = 0) -> ModelOutput:
    calls = [
        ToolCall(
            draw(IDS),
            draw(st.sampled_from(["read", "write", "look"])),
            {"path": draw(PATHS)},
            parse_error=fault,
        )
        for fault in draw(
            st.lists(st.sampled_from([None, None, None, "cut off"]), min_size=fewest, max_size=3)
        )
    ]
    message = ChatMessageAssistant(content=draw(st.text(max_size=5)), tool_calls=calls or None)
    output = ModelOutput(model="m", choices=[ChatCompletionChoice(message=message, stop_reason=draw(STOPS))])
    output.usage = ModelUsage(output_tokens=draw(st.sampled_from([*[1] * 9, 0])))
    output.error = draw(st.sampled_from([*[None] * 9, "down"]))
    return output


def require_legal(messages: Sequence[ChatMessage]) -> None:
    """Assert the order in which every provider takes messages; the last may be words put into the target's mouth."""
    waiting: list[str] = []
    for before, message in itertools.pairwise([None, *messages]):
        assert message is not None
        if isinstance(message, ChatMessageTool):
            waiting.remove(str(message.tool_call_id))
            continue
        assert not waiting
        assert message.role != "system" or before is None
        if isinstance(message, ChatMessageAssistant):
            assert before is not None
            assert before.role in {"user", "tool"}
            waiting = [call.id for call in message.tool_calls or ()]
            assert len(set(waiting)) == len(waiting)
            assert all(0 < len(id_) <= 64 for id_ in waiting)
    assert not waiting


def done(job: Awaitable[T]) -> T | None:
    """Give what a job comes to, None where the audit failed."""

    async def run() -> T | None:
        try:
            return await job
        except AuditFailed:
            return None

    return asyncio.run(run())


@dataclass(slots=True)
class Known:
    """What was so when a message was added, and what the log has said so far."""

    nodes: dict[str, Any] = field(default_factory=dict[str, Any])
    worlds: dict[str | None, Any] = field(default_factory=dict[str | None, Any])
    fold: Fold = field(default_factory=Fold)
    read: int = 0


def when(holds: Callable[[Session], bool]) -> Callable[[Rule], Rule]:
    """Let a rule be drawn only where this holds."""
    return precondition(lambda self: self.session is not None and holds(self.session))


begun: Final = when(lambda session: True)
due: Final = when(lambda session: session.tree.target_is_due())
plain: Final = when(
    lambda session: session.tree.target_is_due() and session.tree.path()[-1].origin is not Origin.PREFILL
)
equipped: Final = when(lambda session: len(session.tree.tools) > 1)
waiting: Final = when(lambda session: bool(session.tree.pending()))
free: Final = when(lambda session: not session.tree.pending())
grown: Final = when(lambda session: len(session.tree.path()) > FEW)
spoken: Final = when(lambda session: session.target_replies > 0 and not session.tree.target_is_due())


class RandomAuditor(RuleBasedStateMachine):
    """One audit without a loop: the test is the auditor."""

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None

    @property
    def live(self) -> Session:
        assert self.session is not None
        return self.session

    @precondition(lambda self: self.session is None)
    @rule(cell=CELLS)
    def begin(self, cell: Cell) -> None:
        self.session = Session(cell)
        self.known = Known(read=len(transcript().events))
        self.known.worlds[None] = self.live.world
        self.gate = Gate(self.live, None)
        open_conversation(self.live)
        self.toolset = Toolset(self.live, simulator=True)
        self.number = 0

    def does(self, name: str, /, **arguments: Any) -> str | None:
        """Carry out one call of the auditor's; give its fault, if it has one."""
        self.number += 1
        call = ToolCall(f"a{self.number}", name, arguments)
        message = storable(ChatMessageAssistant(content="", tool_calls=[call]))
        before = len(self.live.auditor)
        self.live.tell_auditor(message)
        self.toolset.carry_out(self.live, message)
        (told,) = self.live.auditor[before + 1 :]
        assert isinstance(told, ChatMessageTool)
        assert told.tool_call_id == call.id
        return told.error.message if told.error else None

    def label(self, data: st.DataObject, *origins: Origin) -> str:
        """Draw a label, mostly of those there are."""
        labels = [node.label for node in self.live.tree if not origins or node.origin in origins]
        return data.draw(st.sampled_from([*labels, "M0"]))

    @begun
    @rule(name=st.sampled_from(["set_system_prompt", "note", "brief_simulator"]), text=WORDS)
    def words(self, name: str, text: str) -> None:
        self.does(name, text=text)

    @plain
    @rule(text=WORDS)
    def prefill(self, text: str) -> None:
        self.does("prefill", text=text)

    @free
    @rule(text=WORDS)
    def send(self, text: str) -> None:
        tree = self.live.tree
        begun_for_it = tree.head is not None and tree.head.origin is Origin.PREFILL
        refused = bool(tree.pending()) or begun_for_it or not text.strip()
        assert (self.does("send_user_message", text=text) is not None) is refused

    @begun
    @rule(name=TOOL_NAMES, backed=st.none() | st.sampled_from(["files.write", "files.list", "files.reed"]))
    def create(self, name: str, backed: str | None) -> None:
        self.does("create_tool", name=name, description="D.", parameters=OBJECT, backed_by=backed)

    @equipped
    @rule(name=TOOL_NAMES, remove=st.booleans())
    def change(self, name: str, remove: bool) -> None:  # noqa: FBT001 -- hypothesis gives it by name
        self.does("remove_tool", name=name) if remove else self.does(
            "change_tool", name=name, description="E."
        )

    @begun
    @rule(
        do=st.sampled_from(["files.write", "files.delete", "shell.run", *sorted(OPERATIONS)]),
        path=PATHS,
        content=st.text(max_size=4),
    )
    def world(self, do: str, path: str, content: str) -> None:
        self.does(
            "world",
            do=do,
            arguments={"path": path, "content": content, "command": f"echo {content} >> {path}"},
        )

    @waiting
    @rule(data=st.data(), result=st.text(max_size=5), failed=st.booleans())
    def answer(self, data: st.DataObject, result: str, failed: bool) -> None:  # noqa: FBT001 -- as above
        waiting = list(pending_calls(self.live.tree))
        label = data.draw(st.sampled_from([*waiting, "M0.1"]))
        fault = self.does("answer_tool_call", call=label, result=result, is_error=failed)
        assert (fault is None) is (label in waiting)

    @grown
    @rule(data=st.data())
    def roll_back(self, data: st.DataObject) -> None:
        label = self.label(data)
        if self.does("roll_back", to=label) is None:
            assert self.live.tree.head == self.live.tree[label]
            assert self.live.world == self.known.worlds[label]
            assert self.live.tree.tools == self.live.tree[label].tools

    @grown
    @rule()
    def restart(self) -> None:
        self.does("restart")
        assert self.live.world == self.known.worlds[None]
        assert [tool.name for tool in self.live.tree.tools] == ["read"]

    @spoken
    @rule(
        data=st.data(),
        change=CHANGES,
        text=WORDS | st.just(""),
        replies=st.lists(target_replies(), min_size=1, max_size=6),
    )
    def branch(self, data: st.DataObject, change: str | None, text: str, replies: list[ModelOutput]) -> None:
        wanted = {"message": "user", "tool_result": "tool"}.get(str(change))
        at = self.label(data, Origin.TARGET)
        path = self.live.tree.path(at) if at in self.known.nodes else ()
        before = [node.label for node in path if node.message.role == wanted]
        label = data.draw(st.sampled_from(before)) if before else None
        more = {"change": change, "label": label, "text": text if change else ""}
        if (
            self.does("branch", at=at, **{key: value for key, value in more.items() if value is not None})
            is not None
        ):
            assert self.live.wanted is None
            return
        asked, self.live.wanted = self.live.wanted, None
        assert asked is not None
        REPLIES[:] = replies
        made = done(compare(self.live, PLAYERS.target, self.gate, asked))
        if made is None:
            return
        tree, samples = self.live.tree, self.live.cell.audit.branch_samples
        assert {tree[drawn].parent for drawn in made.unchanged} <= {tree[made.at].parent}
        assert len({tree[drawn].parent for drawn in made.changed}) <= 1
        assert {tree[drawn].origin for drawn in (*made.unchanged, *made.changed)} <= {Origin.TARGET}
        if self.live.target_replies < self.live.most_replies:
            assert len(made.unchanged) == samples
            assert len(made.changed) == (samples if asked.change else 0)

    @begun
    @rule(data=st.data(), reply=target_replies(fewest=1))
    def go_on(self, data: st.DataObject, reply: ModelOutput) -> None:
        """What a good auditor would do next, so that conversations grow: answer what waits, or ask, then listen."""
        open_calls = list(pending_calls(self.live.tree))
        for label in data.draw(st.permutations(open_calls)):
            assert self.does("answer_tool_call", call=label, result="found it") is None
        if not self.live.tree.target_is_due():
            assert self.does("send_user_message", text="Go on.") is None
        self.hear(reply)

    @due
    @rule(reply=target_replies())
    def target(self, reply: ModelOutput) -> None:
        self.hear(reply)

    def hear(self, reply: ModelOutput) -> None:
        """Let the target answer."""
        tree, session = self.live.tree, self.live
        REPLIES[:] = [reply]
        before = len(tree)
        node = done(run_target(session, PLAYERS.target))
        assert len(tree) == before + (node is not None)
        if node is not None:
            assert tree.head == node
            done(answer_open_calls(session, None))
            assert not [call for call in tree.pending() if backed(tree, call)]

    @begun
    @rule(data=st.data(), arguments=NAMED_ODD)
    def nonsense(self, data: st.DataObject, arguments: dict[str, Any]) -> None:
        names = [info.name for info in self.toolset.infos if info.name not in {"end_audit", "branch"}]
        self.does(data.draw(st.sampled_from([*names, "sing", ""])), **arguments)

    @begun
    @rule(text=WORDS)
    def several(self, text: str) -> None:
        """Calls of one reply are carried out in order, those that fail between them left out."""
        made: list[tuple[str, dict[str, Any], str | None]] = [
            ("note", {"text": text}, None),
            ("send_user_message", {}, "not JSON"),
            ("send_user_message", {"text": "Hi."}, None),
            ("prefill", {"text": text}, None),
            ("sing", {}, "not JSON"),
        ]
        calls = [
            ToolCall(f"b{self.number}{place}", name, arguments, parse_error=fault)
            for place, (name, arguments, fault) in enumerate(made)
        ]
        message = storable(ChatMessageAssistant(content="", tool_calls=calls))
        before = len(self.live.auditor)
        self.toolset.carry_out(self.live, message)
        told = self.live.auditor[before:]
        assert [each.tool_call_id for each in told if isinstance(each, ChatMessageTool)] == [
            call.id for call in calls
        ]

    @invariant()
    def nothing_moves(self) -> None:
        if self.session is None:
            return
        tree = self.session.tree
        for number, node in enumerate(tree, start=1):
            assert node.label == f"M{number}"
            if node.label in self.known.nodes:
                continue
            assert node.parent is None or int(node.parent[1:]) < number
            assert node.parent is not None or node.message.role in {"system", "user"}
            self.known.nodes[node.label] = dump_message(node.message)
            self.known.worlds[node.label] = self.session.world_at(node.label)
        assert len(tree) == len(self.known.nodes)

    @invariant()
    def the_log_says_the_same(self) -> None:
        if self.session is None:
            return
        session, fold = self.session, self.known.fold
        session.write()
        events = transcript().events
        for event in events[self.known.read :]:
            assert isinstance(event, InfoEvent)
            data: Any = event.data
            for op in data["ops"]:
                fold.apply(op)
        self.known.read = len(events)
        assert fold.tree.head == session.tree.head
        assert fold.tree.tools == session.tree.tools
        assert len(fold.tree) == len(session.tree)
        assert len(fold.auditor) == len(session.auditor)
        assert fold.counts == session.counted
        assert fold.end == session.end is None

    @invariant()
    def what_is_sent_is_legal(self) -> None:
        if self.session is not None and self.session.tree.target_is_due():
            require_legal(self.session.tree.messages())

    def teardown(self) -> None:
        if self.session is None:
            return
        self.nothing_moves()
        self.the_log_says_the_same()
        tree = self.session.tree
        assert {node.label: dump_message(node.message) for node in tree} == self.known.nodes
        assert {label: self.session.world_at(label) for label in self.known.worlds} == self.known.worlds
        dumped = tree.dump()
        assert self.known.fold.tree.dump() == dumped
        assert Tree.parse(dumped).dump() == dumped
        assert [dump_message(said) for said in self.known.fold.auditor] == list(
            map(dump_message, self.session.auditor)
        )
        said = [node for node in tree if node.origin is Origin.TARGET]
        assert len(said) == self.session.target_replies


def backed(tree: Tree, call: ToolCall) -> bool:
    return any(tool.name == call.function and tool.options for tool in tree.tools)


TestRandomAuditor = RandomAuditor.TestCase
TestRandomAuditor.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
