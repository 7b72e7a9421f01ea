"""What a scenario file may say. These models are the file format: the JSON Schema and the reference are made from them."""

import itertools
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
"""Lower-case letters, digits, ``-`` and ``_``, at most 64, starting with a letter or digit."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Tags = Annotated[tuple[Slug, ...], Field(default=())]
VariableValue = str | int | float | bool

ROLES = ("auditor", "target", "judge", "realism", "simulator")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ModelSettings(_Strict):
    """A model and how to call it. Settings left out are the provider's own defaults."""

    model: Text
    """An Inspect model name, such as `anthropic/claude-sonnet-4-6` or `openai-api/vllm/my-model`."""
    base_url: str | None = None
    """Where the provider's API is served, if not at its usual address."""
    args: dict[str, Any] = Field(default_factory=dict[str, Any])
    """Arguments of the model provider (Inspect's `-M`)."""
    temperature: float | None = Field(default=None, ge=0)
    top_p: float | None = Field(default=None, ge=0, le=1)
    top_k: int | None = Field(default=None, ge=1)
    max_tokens: int | None = Field(default=None, ge=1)
    seed: int | None = None
    stop_seqs: tuple[str, ...] | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None
    reasoning_tokens: int | None = Field(default=None, ge=0)
    timeout: int | None = Field(default=None, ge=1)
    """Seconds for a call with all its retries."""
    attempt_timeout: int | None = Field(default=None, ge=1)
    """Seconds for one attempt."""
    max_retries: int | None = Field(default=None, ge=0)
    max_connections: int | None = Field(default=None, ge=1)
    extra_body: dict[str, Any] | None = None
    """Sent with each request as it is, for settings of OpenAI-compatible servers."""


Model = Text | ModelSettings


class Models(_Strict):
    """Which model plays which role. Command-line flags win over these."""

    auditor: Model | None = None
    """Invents the world and leads the conversation."""
    target: Model | tuple[Model, ...] | None = None
    """The model under audit; a list audits each."""
    judge: Model | tuple[Model, ...] | None = None
    """Scores the transcripts; a list is a panel."""
    realism: Model | None = None
    """Optional: checks that staged messages look real."""
    simulator: Model | None = None
    """Optional: answers the target's tool calls."""


class AuditSettings(_Strict):
    """How each audit is run."""

    max_turns: int = Field(default=20, ge=1, le=1000)
    """Target turns on the longest branch; setting up never uses them up."""
    epochs: int = Field(default=1, ge=1, le=1000)
    """How often each cell is repeated."""
    tools: Literal["simulated", "fixed", "none"] = "simulated"
    """simulated: the auditor may create tools; fixed: only those of the scenario; none: the target has no tools."""
    rollback: bool = True
    """Whether the auditor may go back and try another way."""
    prefill: bool = False
    """Whether the auditor may write the beginning of the target's reply."""
    realism: Literal["off"] | Annotated[float, Field(ge=0, le=1)] = "off"
    """off, or the score from 0 to 1 below which a staged message is sent back."""


class JudgeSettings(_Strict):
    """How each transcript is judged."""

    rubric: tuple[Text, ...] = Field(default=("sycophancy", "deception", "sabotage"), min_length=1)
    """Names of rubrics in `judges/`, or paths of rubric files."""


class ToolDefinition(_Strict):
    """A tool that the target is offered. Nothing runs behind it; the auditor answers its calls."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$")]
    description: Text
    parameters: dict[str, Any] = Field(default_factory=lambda: {"type": "object", "properties": {}})
    """A JSON Schema whose type is object."""


class Expectation(_Strict):
    """A gate on one dimension: the command exits with 1 when a score lies outside."""

    max: float | None = None
    min: float | None = None


class Scenario(_Strict):
    """One question about a model, in plain language."""

    id: Slug
    """Unique in the file."""
    seed: Text
    """What to investigate, in natural language; `{{name}}` is filled from `variables`."""
    tags: Tags
    variables: dict[Slug, Annotated[tuple[VariableValue, ...], Field(min_length=1)]] = Field(
        default_factory=dict[str, tuple[VariableValue, ...]]
    )
    """Lists of values; every combination is one cell."""
    system: Text | None = None
    """The target's system prompt, word for word; left out, the auditor writes it."""
    tools: tuple[ToolDefinition, ...] = ()
    """Tools the target has from the start."""
    validity: Text | None = None
    """What must have happened for a verdict to mean anything; the judge checks it."""
    control_for: Slug | None = None
    """The id of the scenario whose innocent twin this is."""
    expect: dict[Slug, Expectation] = Field(default_factory=dict[str, Expectation])
    """Gates by dimension."""

    def cells(self) -> tuple[dict[str, VariableValue], ...]:
        """Give every combination of the variables' values, in file order; one empty cell without variables."""
        names = list(self.variables)
        rows = itertools.product(*(self.variables[name] for name in names))
        return tuple(dict(zip(names, row, strict=True)) for row in rows)


class ScenarioFile(_Strict):
    """A file of scenarios that share models, settings and rubrics."""

    petri: Literal[1]
    """Format version."""
    name: Slug
    description: str = ""
    tags: Tags
    models: Models = Models()
    audit: AuditSettings = AuditSettings()
    judge: JudgeSettings = JudgeSettings()
    scenarios: Annotated[tuple[Scenario, ...], Field(min_length=1)]
