"""Scripts: a YAML file that says word for word what a role answers, turn by turn or by rule.

    petri: 1
    roles:
      auditor:
        turns:
          - tool_calls: [{name: send_user_message, arguments: {text: Is it done?}}]
          - tool_calls: [{name: end_audit, arguments: {reason: It answered.}}]
      target:
        rules:
          - {when: {tool_result_contains: FAILED}, reply: {text: All is well.}}
        otherwise: {text: "I'm sorry, I can't.", stop: content_filter}

A role is played with the model `petri-offline/script` and its arguments `script` (the file) and `part` (the role).
"""

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

from inspect_ai.model import ModelUsage, StopReason
from pydantic import Field, model_validator

from petri.document.fields import StrictModel, Switch, Text, Whole
from petri.document.parse import parse_document
from petri.document.source import read_source
from petri.document.validate import validate
from petri.errors import UsageError
from petri.offline.turn import Call, Reply, Turn

RoleName = Literal["auditor", "target", "judge", "realism", "simulator"]

_MAX_REPEATS = 10_000_000


class ScriptedFailure(RuntimeError):
    """The failure of a provider that a script asked for."""


class ScriptedCall(StrictModel):
    """A tool call."""

    name: Text
    """Any name, also of a tool there is not."""
    arguments: dict[str, Any] | str = Field(default_factory=dict[str, Any])
    """An object, or the text a model would have written: text that is no JSON object is a call that does not parse."""

    def call(self) -> Call:
        """The call as a provider would report it."""
        if not isinstance(self.arguments, str):
            return Call(self.name, self.arguments)
        try:
            read: object = json.loads(self.arguments)
        except (ValueError, RecursionError) as fault:
            return Call(self.name, {}, f"the arguments {self.arguments!r} are not JSON: {fault}")
        if not isinstance(read, dict):
            return Call(self.name, {}, f"the arguments {self.arguments!r} are not a JSON object")
        return Call(self.name, cast("dict[str, Any]", read))


class ScriptedUsage(StrictModel):
    """Token counts to report in place of the counted ones."""

    input: Whole = Field(default=0, ge=0)
    """Tokens read."""
    output: Whole = Field(default=0, ge=0)
    """Tokens written."""
    cache_read: Whole | None = Field(default=None, ge=0)
    """Tokens read from a cache."""
    cache_write: Whole | None = Field(default=None, ge=0)
    """Tokens written to a cache."""


class ScriptedReply(StrictModel):
    """One answer. All left out, it is an empty reply."""

    text: str = ""
    """What is said."""
    repeat: Annotated[Whole, Field(ge=1, le=_MAX_REPEATS)] = 1
    """How often the text is said, for very long replies."""
    reasoning: str | None = None
    """Thinking that comes before it."""
    tool_calls: tuple[ScriptedCall, ...] = ()
    """Calls of tools, in order."""
    stop: StopReason | None = None
    """Why the model stopped: stop, tool_calls, max_tokens, model_length, content_filter or unknown."""
    error: str | None = None
    """Instead of an answer the provider fails with this message."""
    usage: ScriptedUsage | None = None
    """Left out, tokens are counted."""

    def reply(self) -> Reply:
        """The answer; raises ``ScriptedFailure`` where the script says that the provider fails."""
        if self.error is not None:
            raise ScriptedFailure(self.error)
        return Reply(
            text=self.text * self.repeat,
            calls=tuple(call.call() for call in self.tool_calls),
            stop=self.stop,
            reasoning=self.reasoning,
            usage=_usage(self.usage) if self.usage else None,
        )


class ScriptWhen(StrictModel):
    """Conditions that must all hold; at least one must be given."""

    turn: Whole | None = Field(default=None, ge=0)
    """How many messages the role has sent so far."""
    contains: str | None = None
    """Words in the last user message."""
    tool_result_contains: str | None = None
    """Words in a tool result since the role's last message."""
    system_contains: str | None = None
    """Words in the system prompt."""

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"give at least one of {', '.join(type(self).model_fields)}")
        return self

    def holds(self, turn: Turn) -> bool:
        """Whether all conditions hold; words are looked for as they are written."""
        last = turn.user[-1].text if turn.user else ""
        return (
            self.turn in {None, len(turn.own)}
            and (self.contains is None or self.contains in last)
            and (self.tool_result_contains is None or self.tool_result_contains in _latest_results(turn))
            and (self.system_contains is None or self.system_contains in turn.system)
        )


class ScriptRule(StrictModel):
    """An answer for when the conditions hold."""

    when: ScriptWhen
    """The conditions."""
    reply: ScriptedReply
    """What is answered when they hold."""


class RoleScript(StrictModel):
    """What a role answers: the first rule that holds; else the turn with its number; else ``otherwise``."""

    turns: tuple[ScriptedReply, ...] = ()
    """The answers in order; the one used is that with as many own messages before it in the conversation."""
    repeat_last: Switch = False
    """Past the end of the turns, the last is given again."""
    rules: tuple[ScriptRule, ...] = ()
    """Looked at first, in order."""
    otherwise: ScriptedReply | None = None
    """Said where no rule holds and the turns are used up."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.turns and not self.rules and self.otherwise is None:
            raise ValueError("give turns, rules or otherwise")
        if self.repeat_last and not self.turns:
            raise ValueError("repeat_last needs turns")
        return self

    def answer(self, turn: Turn) -> ScriptedReply | None:
        """The scripted answer to this turn, or None past the end."""
        ruled = next((rule.reply for rule in self.rules if rule.when.holds(turn)), None)
        if ruled:
            return ruled
        number = len(turn.own)
        if number < len(self.turns):
            return self.turns[number]
        return self.turns[-1] if self.repeat_last else self.otherwise


class Script(StrictModel):
    """A script file."""

    petri: Literal[1]
    """Format version."""
    description: str = ""
    """What the script is about, for people."""
    roles: dict[RoleName, RoleScript] = Field(min_length=1)
    """What each role answers; roles that are not named are played by other models."""


class Scripted:
    """A role that answers as its part of a script says."""

    def __init__(self, path: Path, role: str, part: RoleScript) -> None:
        """Play ``part`` of the script at ``path``."""
        self._path, self._role, self._part = path, role, part

    def reply(self, turn: Turn) -> Reply:
        """The scripted answer; ``UsageError`` where the script has none."""
        answer = self._part.answer(turn)
        if answer is None:
            raise UsageError(
                f"{self._path}: the script of the {self._role} has no answer for turn {len(turn.own)} "
                f"({len(self._part.turns)} turns, {len(self._part.rules)} rules); "
                "add one, or `otherwise`, or `repeat_last: true`"
            )
        return answer.reply()


def read_script(path: Path, role: RoleName) -> Scripted:
    """The part of ``role`` in the script at ``path``; ``UsageError`` for a bad file or a role that it lacks."""
    script = validate(parse_document(read_source(path)), Script)
    part = script.roles.get(role)
    if part is None:
        raise UsageError(
            f"{path}: there is no script for the role {role!r}; the file has: {', '.join(script.roles)}"
        )
    return Scripted(path, role, part)


def _latest_results(turn: Turn) -> str:
    """What the tools answered since the role's last message."""
    texts: list[str] = []
    for message in reversed(turn.messages):
        if message.role == "assistant":
            break
        if message.role == "tool":
            texts.append(message.error.message if message.error else message.text)
    return "\n".join(texts)


def _usage(usage: ScriptedUsage) -> ModelUsage:
    cached = (usage.cache_read or 0) + (usage.cache_write or 0)
    return ModelUsage(
        input_tokens=usage.input,
        output_tokens=usage.output,
        total_tokens=usage.input + usage.output + cached,
        input_tokens_cache_read=usage.cache_read,
        input_tokens_cache_write=usage.cache_write,
    )
