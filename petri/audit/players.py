"""The models of one audit and how they are called: what fails ends it in our words, what is repaired is counted."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Literal

from inspect_ai.model import ChatMessage, ChatMessageSystem, Model, ModelOutput, get_model, model_roles
from inspect_ai.tool import ToolInfo
from inspect_ai.util import LimitExceededError

from petri.audit.session import Session
from petri.boundary import Failure, guarded
from petri.errors import AuditFailed, CapReached, ModelGivenUp
from petri.governor import current
from petri.protocol.asking import ask_model
from petri.protocol.calling import Generate, Mode, sending
from petri.protocol.choosing import Probes
from petri.roles import Manner, Manners
from petri.stopping import hold
from petri.transcript.schema import ErrorRecord, RepairRecord

_CAPS: Final[Mapping[str, Literal["cost", "token", "time"]]] = {
    "cost": "cost",
    "tokens": "token",
    "time": "time",
}
"""Caps of a run, and the limits of Inspect that they are for an audit."""
_PLANTED: Final = "planted"
"""The id of the message that plants a quirk: equal calls are equal to Inspect's cache."""


@dataclass(frozen=True, slots=True)
class Player:
    """A model in a role, and how its tool calls are written."""

    role: str
    model: Model
    mode: Mode = "native"
    planted: str | None = None
    """A quirk's system prompt, which the model is sent in front of all else and nobody else reads."""

    async def call(
        self, session: Session, messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]
    ) -> ModelOutput:
        """Give the model's output; raises ``AuditFailed`` with what went wrong, which the session has recorded."""
        output = await self.ask(session, messages, tools)
        if isinstance(output, Failure):
            raise failed(session, output)
        return output

    async def ask(
        self, session: Session, messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]
    ) -> ModelOutput | Failure:
        """Give the model's output, or why there is none; what had to be asked for again is recorded."""
        asked = await ask_model(
            self.model,
            with_planted(messages, self.planted),
            tools,
            self.mode,
            prompts=session.prompts,
            who=self.role,
            generate=self._generate(session),
        )
        for _ in range(1, asked.attempts):
            session.count("bad_response")
        if isinstance(asked.result, Failure):
            if isinstance(asked.result.error, CapReached):
                raise stopped_by(session, asked.result.error, asked.result)
            return asked.result
        if self.mode == "text":
            session.count(f"text:{self.role}")
        if asked.result.faults:
            session.record(RepairRecord(role=self.role, faults=asked.result.faults))
        return asked.result.output

    def _generate(self, session: Session) -> Generate:
        """Give what answers a call: the record, on the way back to where an audit was stopped, and then the model."""
        send = sending(self.model)

        async def generate(messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> ModelOutput:
            recorded = session.recorded_reply(self.role)
            if recorded is not None:
                return recorded
            await hold()
            return await send(messages, tools)

        return generate


def with_planted(messages: Sequence[ChatMessage], planted: str | None) -> list[ChatMessage]:
    """Give messages with a planted system prompt in front of the system prompt that they have, if they have one.

    The two are one message, since not every provider takes several.
    """
    if planted is None:
        return list(messages)
    staged = [message.text for message in messages if isinstance(message, ChatMessageSystem)]
    rest = [message for message in messages if not isinstance(message, ChatMessageSystem)]
    return [ChatMessageSystem(id=_PLANTED, content="\n\n".join([planted, *staged])), *rest]


@dataclass(frozen=True, slots=True)
class Abilities:
    """What can be done with a target; a model can everything, a deployed agent says what it cannot."""

    rollback: bool = True
    system_prompt: bool = True
    tools: bool = True


EVERYTHING: Final = Abilities()


def abilities(model: Model) -> Abilities:
    """Give what can be done with a target, as its provider tells (``supports_rollback`` and so on)."""
    api = model.api
    return Abilities(
        rollback=getattr(api, "supports_rollback", True),
        system_prompt=getattr(api, "supports_system_prompt", True),
        tools=getattr(api, "supports_tools", True),
    )


@dataclass(frozen=True, slots=True)
class Players:
    """The models of one audit."""

    auditor: Player
    target: Player
    realism: Player | None = None
    simulator: Player | None = None


async def gather_players(session: Session, manners: Manners, probes: Probes) -> Players:
    """Give the models that Inspect has for the roles of an audit, with how to speak to each.

    Raises ``AuditFailed`` where that was to be found out and could not be.
    """

    async def player(role: str) -> Player:
        manner = next(iter(manners.get(role, ())), Manner())
        model = get_model(role=role, required=True)
        mode = await guarded(probes.mode(model, manner.tool_calling), f"{role} ({model})")
        if isinstance(mode, Failure):
            raise failed(session, mode)
        return Player(role, model, mode, manner.planted)

    async def optional(role: str) -> Player | None:
        return await player(role) if role in model_roles() else None

    return Players(
        await player("auditor"),
        await player("target"),
        await optional("realism"),
        await optional("simulator"),
    )


@asynccontextmanager
async def begun(session: Session, players: Players) -> AsyncGenerator[None]:
    """Hold an audit back until its models are known to answer, which one audit finds out for all.

    Raises ``AuditFailed`` where one of them, or a judge, is known not to.
    """
    governor = current()
    if governor is None:
        yield
        return
    judges = model_roles().get("judge", [])
    asked = [players.auditor, players.target, players.realism, players.simulator]
    models = [player.model for player in asked if player is not None]
    models += judges if isinstance(judges, list) else [judges]
    try:
        await governor.wait_for_pilot(models, models[:2])
    except ModelGivenUp as gone:
        raise failed(session, Failure(gone.kind, str(gone), gone)) from gone
    governor.audit_began()
    try:
        with governor.piloting(models[:2]):
            yield
    except AuditFailed:
        governor.audit_failed()
        raise


def stopped_by(session: Session, cap: CapReached, failure: Failure) -> Exception:
    """Give what ends a sample at a cap of the run: it is judged as it stands, or, as yet empty, an error to resume."""
    if session.target_replies == 0:
        return failed(session, failure)
    session.finish(cap.cap, str(cap))
    session.write()
    return LimitExceededError(_CAPS[cap.cap], value=cap.limit, limit=cap.limit, message=str(cap))


def failed(session: Session, failure: Failure) -> AuditFailed:
    """Record a failure and give the error that ends the sample in our words: a provider's may hold keys."""
    session.fail(ErrorRecord(kind=failure.kind, message=failure.message))
    session.write()
    return AuditFailed(f"{failure.kind}: {failure.message}")
