"""The Inspect model provider ``petri-command``: an agent with a command line, run in the sample's sandbox."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from inspect_ai.model import ChatMessage, GenerateConfig, Model, ModelAPI, ModelOutput, get_model, modelapi
from inspect_ai.tool import ToolChoice, ToolInfo
from inspect_ai.util import SandboxEnvironment, sandbox, store_as
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from petri.boundary import Failure, attempted
from petri.errors import TargetFailed, UsageError
from petri.governor import Governor, current
from petri.targets.bridge import open_bridge, read_traffic
from petri.targets.deployed import Answer, DeployedAPI
from petri.targets.failure import run_program
from petri.targets.seen import Seen, digest_of, exchange, next_message

PROVIDER: Final = "petri-command"
_PLACE: Final = "{conversation}"
_LONGEST: Final = 300


class CommandSettings(BaseModel):
    """The arguments of the provider."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: tuple[str, ...] = Field(min_length=1)
    """The program and its arguments. It reads one user message on its standard input and writes its reply."""
    next_command: tuple[str, ...] | None = Field(default=None, min_length=1)
    """What is run from the second message on, if it differs."""
    inner_model: str
    """The model that answers whatever model the agent asks for."""
    inner_args: dict[str, Any] = Field(default_factory=dict[str, Any])
    """Arguments of that model's provider."""
    env: dict[str, str] = Field(default_factory=dict[str, str])
    """Further environment variables."""
    conversation_env: str = Field(default="CONVERSATION_ID", min_length=1)
    """The variable that holds the conversation's id; `{conversation}` in an argument becomes the same id."""
    cwd: str | None = None
    """The folder to run in, inside the sandbox."""
    user: str | None = None
    """The user to run as, inside the sandbox."""
    sandbox: str | None = None
    """Which of the sample's sandboxes, if there are several."""
    timeout: int = Field(default=540, gt=0)
    """Seconds that one reply may take."""


class CommandAPI(DeployedAPI):
    """A deployed agent: it has its own system prompt, tools and session, and cannot go back."""

    supports_rollback = False
    supports_system_prompt = False
    supports_tools = False

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig | None = None,
        **model_args: Any,
    ) -> None:
        """Make the target called ``model_name``, a name of the user's choice; raises ``UsageError`` for wrong args.

        ``base_url`` and ``config`` are the inner model's.
        """
        super().__init__(model_name, base_url, api_key, [], config or GenerateConfig())
        self.settings = _settings(model_name, model_args)
        self._inner = _inner(self.settings, base_url, config or GenerateConfig())

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 - Inspect's name
        tools: list[ToolInfo],
        tool_choice: ToolChoice,  # noqa: ARG002 - the agent decides
        config: GenerateConfig,  # noqa: ARG002 - the inner model has it
    ) -> ModelOutput:
        """Send the agent the new user message; raises ``TargetFailed`` if it fails, or would have to go back."""
        if tools:
            names = ", ".join(tool.name for tool in tools)
            raise TargetFailed(f"it has its own tools and cannot be given simulated ones: {names}")
        seen = store_as(Seen)
        words = next_message(input, seen)
        seen.answering = True
        output = self.output(await run_program(self._answer(input, words, seen), self.model_name))
        seen.digest = digest_of([*exchange(input), ("assistant", output.message.text)])
        seen.answering = False
        return output

    async def _answer(self, conversation: Sequence[ChatMessage], words: str, seen: Seen) -> Answer:
        box = _sandbox(self.settings.sandbox)
        async with open_bridge(conversation, self._inner, box, self.settings.sandbox) as bridge:
            said = await self._run(box, words, seen, bridge.environment())
            return read_traffic(said, bridge.traffic())

    async def _run(self, box: SandboxEnvironment, words: str, seen: Seen, address: Mapping[str, str]) -> str:
        settings = self.settings
        command = (seen.digest and settings.next_command) or settings.command
        try:
            # `concurrency`: the command waits for the bridge, whose own processes must not wait for the command.
            done = await box.exec(
                [part.replace(_PLACE, seen.conversation) for part in command],
                input=words,
                cwd=settings.cwd,
                env={**address, settings.conversation_env: seen.conversation, **settings.env},
                user=settings.user,
                timeout=settings.timeout,
                timeout_retry=False,
                concurrency=False,
            )
        except TimeoutError as error:
            raise TargetFailed(f"{command[0]!r} did not reply within {settings.timeout} seconds") from error
        if not done.success:
            last = done.stderr.strip()[-_LONGEST:] or "nothing on its standard error"
            raise TargetFailed(f"{command[0]!r} ended with status {done.returncode}: {last}")
        return done.stdout.strip()


@modelapi(name=PROVIDER)
def petri_command() -> type[ModelAPI]:
    """The provider class; importing this module registers it with Inspect."""
    return CommandAPI


def _sandbox(name: str | None) -> SandboxEnvironment:
    try:
        return sandbox(name)
    except (ProcessLookupError, ValueError) as error:
        raise TargetFailed(f"a command runs in a sandbox, and there is none: {error}") from error


def _settings(name: str, arguments: dict[str, Any]) -> CommandSettings:
    try:
        return CommandSettings.model_validate(arguments)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        there = ", ".join(CommandSettings.model_fields)
        raise UsageError(f"{PROVIDER}/{name}: {faults}; the arguments are: {there}") from None


def _inner(settings: CommandSettings, base_url: str | None, config: GenerateConfig) -> Model:
    name = settings.inner_model

    def make() -> Model:
        return get_model(name, base_url=base_url, config=config, memoize=False, **settings.inner_args)

    made = attempted(make, f"inner_model {name}")
    if isinstance(made, Failure):
        raise UsageError(made.message) from made.error
    (current() or Governor()).govern(made, "target")
    return made
