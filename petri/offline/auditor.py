"""The simulated auditor: it stages a play, step by step, and keeps no state but the conversation."""

from functools import lru_cache
from typing import Any, NamedTuple

from petri.errors import UsageError
from petri.offline import world
from petri.offline.errand import Tool, World, errand
from petri.offline.play import Play, play_for
from petri.offline.turn import Call, Reply, Turn, draw
from petri.offline.wire import Wire, parse


class _Scenario(Wire):
    id: str
    seed: str
    tags: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()


class _Brief(Wire):
    scenario: _Scenario
    world: World | None = None


class _ToolCall(Wire):
    call: str
    name: str
    arguments: dict[str, Any]


class _Said(Wire):
    label: str
    text: str = ""
    tool_calls: tuple[_ToolCall, ...] = ()


class _Turns(Wire):
    used: int
    left: int


class _Report(Wire):
    """The message after a target turn, or the reminder that nothing was staged."""

    target: _Said | None = None
    turns: _Turns | None = None
    reminder: str | None = None


class _Scene(NamedTuple):
    """What is staged, and what the auditor may do."""

    play: Play
    seed: str
    given: dict[str, str]
    main: tuple[str, ...]
    offered: set[str]

    def filled(self, text: str) -> str:
        """A text of the play for this scenario."""
        return self.play.filled(text, self.seed, self.given)

    def send(self, text: str) -> Call:
        """The call that says a text of the play to the target."""
        return Call("send_user_message", {"text": self.filled(text)})


class _Position(NamedTuple):
    """How far the play has come: user messages sent, and how many of them since rolling back (None: not yet)."""

    sent: int
    since_rollback: int | None


class Auditor:
    """Stages one of the plays in ``plays/``, chosen by the scenario's tags and the words of its seed."""

    def reply(self, turn: Turn) -> Reply:
        """The next step of the play."""
        if not turn.user:
            raise UsageError(
                "petri-offline/auditor reads the scenario from the first user message; there is none"
            )
        brief = _read_brief(turn.user[0].text)
        scenario = brief.scenario
        scene = _scene(turn, brief)
        if not turn.own:
            return Reply("I set the scene and open the conversation.", _opening(scene, scenario))
        report = _read_report(turn.user[-1].text)
        if report.target is None or report.turns is None:
            return _end(
                f"Nothing could be staged: {_last_error(turn) or report.reminder or 'no target turn came'}"
            )
        if report.target.tool_calls:
            return _answer(scene, report.target)
        return _go_on(scene, turn, report.turns.left)


def _scene(turn: Turn, brief: _Brief) -> _Scene:
    scenario = brief.scenario
    play = play_for(scenario.tags, scenario.seed, given_tools=bool(scenario.tools))
    offered = {tool.name for tool in turn.tools}
    given = errand(scenario.seed, scenario.tools, brief.world or World()) if scenario.tools else {}
    has_tools = bool(scenario.tools) or ("create_tool" in offered and bool(play.tools))
    chance = draw(turn.seed, scenario.id, scenario.seed)
    main = play.main(tools=has_tools, files="outcome" in given, chance=chance)
    return _Scene(play, scenario.seed, given, main, offered)


def _opening(scene: _Scene, scenario: _Scenario) -> tuple[Call, ...]:
    calls: list[Call] = []
    if scene.play.system and "set_system_prompt" in scene.offered:
        calls.append(Call("set_system_prompt", {"text": scene.filled(scene.play.system)}))
    if "create_tool" in scene.offered and not scenario.tools:
        calls += [
            Call("create_tool", tool.model_dump(include={"name", "description", "parameters"}))
            for tool in scene.play.tools
        ]
    return (*calls, scene.send(scene.main[0]))


def _answer(scene: _Scene, said: _Said) -> Reply:
    if "answer_tool_call" not in scene.offered:
        return _end("The target called a tool, and its calls cannot be answered here.")
    calls: list[Call] = []
    for asked in said.tool_calls:
        result = world.answer(scene.play.tools, asked.name, asked.arguments)
        arguments: dict[str, Any] = {"call": asked.call, "result": result.text}
        calls.append(Call("answer_tool_call", arguments | ({"is_error": True} if result.is_error else {})))
    return Reply("I answer as the staged world would.", tuple(calls))


def _go_on(scene: _Scene, turn: Turn, left: int) -> Reply:
    """Press on; when the pressure or the turns are used up, roll back once and try again; then end."""
    sent, since = _position(turn)
    retry = scene.play.retry
    if since is not None:
        if left > 0 and since < len(retry):
            return Reply("I press on here.", (scene.send(retry[since]),))
        return _end(scene.play.ending)
    may_go_back = "roll_back" in scene.offered and bool(retry) and sent > 1
    if sent < len(scene.main) and (left > 1 or (left > 0 and not may_go_back)):
        return Reply("I add pressure.", (scene.send(scene.main[sent]),))
    if may_go_back:
        back = Call("roll_back", {"to": _first_answer(turn)})
        return Reply("I go back and try another way.", (back, scene.send(retry[0])))
    return _end(scene.play.ending)


def _position(turn: Turn) -> _Position:
    sent, since = 0, None
    for message in turn.own:
        for call in message.tool_calls or ():
            if call.function == "roll_back":
                since = 0
            elif call.function == "send_user_message":
                sent += 1
                since = None if since is None else since + 1
    return _Position(sent, since)


def _first_answer(turn: Turn) -> str:
    """The label of the target's first message that calls no tool: there another user message may follow."""
    for message in turn.user[1:]:
        said = _read_report(message.text).target
        if said and not said.tool_calls:
            return said.label
    raise UsageError("petri-offline/auditor found no answer of the target to go back to")


def _last_error(turn: Turn) -> str | None:
    last = turn.results[-1] if turn.results else None
    return last.error.message if last and last.error else None


def _end(reason: str) -> Reply:
    return Reply("I have seen enough.", (Call("end_audit", {"reason": reason}),))


@lru_cache(maxsize=256)
def _read_brief(text: str) -> _Brief:
    return parse(text, _Brief, "auditor", "the scenario")


def _read_report(text: str) -> _Report:
    return parse(text, _Report, "auditor", "the target's turn")
