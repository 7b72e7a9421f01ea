"""The Inspect model provider ``petri-target``: the model's name is ``module:name``, and that Python object answers."""

import inspect
from typing import Any, Final

from inspect_ai.agent import is_agent
from inspect_ai.model import ChatMessage, GenerateConfig, ModelAPI, ModelOutput, modelapi
from inspect_ai.tool import ToolChoice, ToolInfo

from petri.errors import UsageError
from petri.targets.agent import AgentTarget
from petri.targets.deployed import DeployedAPI
from petri.targets.failure import run_program
from petri.targets.function import FunctionTarget
from petri.targets.resolve import resolve_target

PROVIDER: Final = "petri-target"


class CallableAPI(DeployedAPI):
    """A Python function or Inspect agent. It gets the whole conversation each time, so it can be rolled back."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig | None = None,
        **model_args: Any,
    ) -> None:
        """Import what ``model_name`` names; raises ``UsageError`` if it is nothing that can answer with these args."""
        super().__init__(model_name, base_url, api_key, [], config or GenerateConfig())
        if base_url is not None:
            raise UsageError(
                f"{model_name} is Python code, which has no base_url; remove base_url {base_url!r}"
            )
        self._target = _target(model_name, model_args)
        self.supports_tools = self._target.takes_tools

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 - Inspect's name
        tools: list[ToolInfo],
        tool_choice: ToolChoice,  # noqa: ARG002 - the code decides
        config: GenerateConfig,  # noqa: ARG002 - the code has its own
    ) -> ModelOutput:
        """Let the code answer the conversation; raises ``TargetFailed`` for what it raises."""
        return self.output(await run_program(self._target.answer(input, tools), self.model_name))


@modelapi(name=PROVIDER)
def petri_target() -> type[ModelAPI]:
    """The provider class; importing this module registers it with Inspect."""
    return CallableAPI


def _target(name: str, args: dict[str, Any]) -> AgentTarget | FunctionTarget:
    found = resolve_target(name)
    if inspect.isclass(found):
        raise UsageError(f"{name} is a class; name a function, an agent, or an object that can be called")
    if not callable(found):
        raise UsageError(f"{name} cannot be called: it is a value of type {type(found).__name__}")
    return AgentTarget(name, found, args) if is_agent(found) else FunctionTarget(name, found, args)
