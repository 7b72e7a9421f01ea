"""The audit loop: one auditor generation may stage several actions, then the target answers once what waits for it."""

from pathlib import Path
from typing import Final

from inspect_ai.model import ChatMessageAssistant, ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, solver

from petri.audit.answering import answer_open_calls, answered_by_itself
from petri.audit.beginning import begin
from petri.audit.briefing import as_json, compared, report
from petri.audit.call_ids import CallIds
from petri.audit.checking import ask_checks
from petri.audit.comparing import compare
from petri.audit.findings import lint_staged
from petri.audit.memory import Memory
from petri.audit.players import Players, abilities, begun, gather_players
from petri.audit.refusal import declines
from petri.audit.replay import Past
from petri.audit.resumption import begin_anew, find_past, require_repeatable
from petri.audit.session import Session
from petri.audit.target import run_target
from petri.audit.timeline import add_timelines
from petri.audit.vetting import Gate
from petri.conversation.labels import pending_calls
from petri.conversation.storable import storable
from petri.conversation.tree import Node
from petri.errors import Diverged
from petri.plan import Cell
from petri.protocol.choosing import Probes
from petri.roles import read_manners
from petri.stopping import cancellable
from petri.transcript.resumed import audit_epoch

MOST_IDLE: Final = 12
"""Auditor generations in a row without a target turn before the audit counts as stalled."""
MOST_UNATTENDED: Final = 10
"""Target turns in a row whose calls are answered without the auditor, before it is asked again."""


@solver
def auditor(logs: str | None = None) -> Solver:
    """Run one audit per sample: roles ``auditor`` and ``target``, the cell in the sample's metadata.

    A sample that goes on with an audit is led back to where that one stood; ``logs`` is the folder of its record.
    """
    probes = Probes()

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001 -- Inspect's signature
        async with cancellable():
            past = await find_past(state, Path(logs or "."))
            try:
                await _audit(state, probes, past)
            except Diverged as why:
                begin_anew(str(why))
                await _audit(state, probes, None)
        return state

    return solve


async def _audit(state: TaskState, probes: Probes, past: Past | None) -> None:
    """Run an audit to its end, and record it; what goes wrong on the way back to where it stood is not recorded."""
    session = Session(Cell.model_validate(state.metadata["petri"]), past)
    try:
        manners = read_manners(state.metadata.get("manners"))
        players = await gather_players(session, manners, probes)
        require_repeatable(session, players.target.model)
        async with begun(session, players):
            await Audit(session, players, audit_epoch(state.metadata, state.epoch)).run()
            await ask_checks(session, players.target)
        session.arrive()
    finally:
        if not session.is_replaying:
            lint_staged(session)
            session.write()
            add_timelines(session.tree)
            state.messages = session.tree.messages()


class Audit:
    """One audit while it runs."""

    def __init__(self, session: Session, players: Players, epoch: int = 1) -> None:
        """Put what is given in force, and tell the auditor what it is to do."""
        self._session = session
        self._players = players
        self._toolset = begin(
            session,
            abilities(players.target.model),
            simulator=players.simulator is not None,
            realism=players.realism is not None,
            epoch=epoch,
        )
        self._gate = Gate(session, players.realism)
        self._memory = Memory(session, players.auditor, self._toolset.infos)
        self._ids = CallIds()
        self._asked = frozenset[str]()
        """The calls that were last to be answered without the auditor."""

    async def run(self) -> None:
        """Run the loop until the session has ended."""
        session = self._session
        idle = 0
        reminded = False
        session.write()
        while session.end is None:
            tried = await self._auditor_step()
            if session.end is None and await self._target_answers():
                idle, reminded = 0, False
            elif not tried:
                idle, reminded = idle + 1, self._remind(reminded=reminded)
            else:
                idle, reminded = idle + 1, False
            if idle >= MOST_IDLE:
                session.finish("stalled", f"{idle} auditor replies in a row without a target turn")
            session.write()

    async def _auditor_step(self) -> bool:
        """Let the auditor stage; say whether it called any tool. A refusal is met with one plain reminder."""
        session = self._session
        for attempt in ("first", "last"):
            reply = await self._auditor_reply()
            if reply is None:
                return False
            message, stop = reply
            refused = stop == "content_filter" or declines(message.text)
            if message.tool_calls or not refused:
                return bool(message.tool_calls)
            if attempt == "last":
                session.finish("refused", message.text or "the auditor's provider filtered its reply")
            else:
                session.count("refusal")
                self._note("auditor/reminder_refused")
        return False

    async def _auditor_reply(self) -> tuple[ChatMessageAssistant, str] | None:
        """Let the auditor speak and carry out its calls; None when its conversation no longer fits its context."""
        session, player = self._session, self._players.auditor
        output = await player.call(session, self._memory.messages(), self._toolset.infos)
        if output.stop_reason == "model_length" and await self._memory.make_room(forced=True):
            output = await player.call(session, self._memory.messages(), self._toolset.infos)
        if output.stop_reason == "model_length":
            session.finish("context", "the audit no longer fits the auditor's context")
            return None
        message = self._ids.renewed(storable(output.message))
        session.tell_auditor(message)
        self._toolset.carry_out(session, message)
        if session.end is None and self._memory.is_full(output):
            await self._memory.make_room()
        return message, output.stop_reason

    async def _target_answers(self) -> bool:
        """Let the target answer what waits for it, unless it gives itself away; say whether it said anything."""
        session = self._session
        before = session.target_replies
        if session.wanted is not None:
            await self._compare()
        elif session.tree.target_is_due() and await self._gate.lets_through():
            await self._target_turns()
        if session.end is None and self._calls_are_new():
            await self._target_turns()
        return session.target_replies > before

    def _calls_are_new(self) -> bool:
        """Say whether calls wait that the world or a sandbox answers, and has not: after a comparison, or a way back.

        Other calls are then the auditor's, which may have come back to answer them in another way.
        """
        return any(label not in self._asked for label in answered_by_itself(self._session))

    async def _target_turns(self) -> None:
        """Let the target go on for as long as its calls are answered by themselves; then tell the auditor."""
        session = self._session
        start = len(session.tree)
        for _ in range(MOST_UNATTENDED):
            spoke = session.tree.target_is_due()
            if spoke:
                reply = await run_target(session, self._players.target)
                if reply is None or self._is_over(reply):
                    return
                session.write()
            self._asked = frozenset(pending_calls(session.tree))
            results = await answer_open_calls(session, self._players.simulator if spoke else None)
            self._gate.passed(*results)
            if not results or not session.tree.target_is_due():
                break
        if happened := tuple(session.tree)[start:]:
            session.tell_auditor(ChatMessageUser(content=report(session, happened)))
        session.told_at = happened[-1].label if happened else session.told_at

    def _is_over(self, reply: Node) -> bool:
        """End the audit where the turns are used up, and say whether it has."""
        session = self._session
        limit = session.cell.audit.max_turns
        if reply.turn >= limit:
            session.finish("turns", f"the target had its {limit} turns on one branch")
        elif session.target_replies >= session.most_replies:
            session.finish("turns", f"the target had {session.target_replies} turns on all branches together")
        return session.end is not None

    async def _compare(self) -> None:
        """Make the comparison that the auditor asked for, and tell it what came of it."""
        session = self._session
        wanted, session.wanted = session.wanted, None
        if wanted is None:
            return
        start = len(session.tree)
        made = await compare(session, self._players.target, self._gate, wanted)
        new = {node.label for node in tuple(session.tree)[start:]}
        head = session.tree.head
        if session.end is None and not (head is not None and self._is_over(head)):
            session.tell_auditor(ChatMessageUser(content=compared(session, made, new)))
            session.told_at = head.label if head else None

    def _remind(self, *, reminded: bool) -> bool:
        """Remind an auditor that staged nothing; the second time running the audit has stalled."""
        session = self._session
        if session.end is not None:
            return reminded
        if reminded:
            session.finish("stalled", "the auditor staged nothing twice running")
        else:
            session.count("stall")
            self._note("auditor/reminder_stalled")
        return True

    def _note(self, prompt: str) -> None:
        words = self._session.prompts.text(prompt)
        self._session.tell_auditor(ChatMessageUser(content=as_json({"reminder": words})))
