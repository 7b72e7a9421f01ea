"""What a scenario file may say. These models are the file format: the JSON Schema is made from them."""

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from petri.document.fields import Number, Slug, StrictModel, Switch, Text, Whole
from petri.document.json_schema import model_schema
from petri.scenario.design import Design
from petri.scenario.objective import Checks
from petri.world.setup import WorldSetup

Tags = tuple[Slug, ...]
VariableValue = str | Whole | Number | Switch

_TOOL_NAME = r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$"

ROLES = ("auditor", "target", "judge", "realism", "simulator")


def _tool_name(text: str) -> str:
    if not re.fullmatch(_TOOL_NAME, text):
        words = "should be letters, digits, '_' and '-' (at most 64), starting with a letter or '_'"
        raise PydanticCustomError("name", words)
    return text


_SECRET = re.compile(
    r"((api|access)[_-]?key|[_-]token|secret|password|authorization)$|^token$", re.IGNORECASE
)
_USERINFO = re.compile(r"//[^/?#]*@")
_INSTEAD = "keys come from the environment or .env, for files are shared"


def _no_secrets(settings: dict[str, Any] | None) -> dict[str, Any] | None:
    secret = next((name for name in _names(settings) if _SECRET.search(name)), None)
    if secret is not None:
        words = f"should hold no secret such as {{name}}: {_INSTEAD}"
        raise PydanticCustomError("secret", words, {"name": repr(secret)})
    return settings


def _names(value: object) -> Iterator[str]:
    """Give the names of every mapping in a value, however deep."""
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict):
            mapping = cast("dict[object, object]", inner)
            yield from map(str, mapping)
            waiting += mapping.values()
        elif isinstance(inner, list):
            waiting += cast("list[object]", inner)


def _no_userinfo(url: str) -> str:
    if _USERINFO.search(url):
        raise PydanticCustomError("secret", f"should hold no user name or password before '@': {_INSTEAD}")
    return url


def _date(value: object) -> dt.date:
    try:
        read = dt.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        read = None
    if isinstance(read, dt.datetime) or not isinstance(read, dt.date):
        raise PydanticCustomError("date", "should be a date such as 2027-03-31")
    return read


Date = Annotated[
    dt.date,
    BeforeValidator(_date),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2027-03-31"]}),
]
ToolName = Annotated[str, AfterValidator(_tool_name), Field(json_schema_extra={"pattern": _TOOL_NAME})]


class ModelSettings(StrictModel):
    """A model and how to call it. Settings left out are the provider's own defaults."""

    model: Text
    """An Inspect model name, such as `anthropic/claude-sonnet-4-6` or `openai-api/vllm/my-model`."""
    base_url: Annotated[str, AfterValidator(_no_userinfo)] | None = None
    """Where the provider's API is served, if not at its usual address."""
    args: Annotated[dict[str, Any], AfterValidator(_no_secrets)] = Field(default_factory=dict[str, Any])
    """Arguments of the model provider (Inspect's `-M`); no keys."""
    temperature: Number | None = Field(default=None, ge=0)
    """How freely words are drawn; 0 is nearly always the same answer."""
    top_p: Number | None = Field(default=None, ge=0, le=1)
    """Words are drawn from the likeliest that together have this probability."""
    top_k: Whole | None = Field(default=None, ge=1)
    """Words are drawn from so many of the likeliest."""
    max_tokens: Whole | None = Field(default=None, ge=1)
    """The longest reply, in tokens."""
    seed: Whole | None = None
    """Makes drawing repeatable, where the provider has that."""
    stop_seqs: tuple[str, ...] | None = None
    """Texts at which a reply ends."""
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None
    """How much the model thinks before it answers, for models that take a word for it."""
    reasoning_tokens: Whole | None = Field(default=None, ge=0)
    """How much it may think, for models that take a number of tokens."""
    timeout: Whole | None = Field(default=None, ge=1)
    """Seconds for a call with all its retries."""
    attempt_timeout: Whole | None = Field(default=None, ge=1)
    """Seconds for one attempt."""
    max_retries: Whole | None = Field(default=None, ge=0)
    """How often a call is repeated after a failure that may pass; 6 by default."""
    max_connections: Whole | None = Field(default=None, ge=1)
    """Requests at a time to this model."""
    rpm: Whole | None = Field(default=None, ge=1)
    """Requests a minute to this model, whatever roles it plays."""
    extra_body: Annotated[dict[str, Any] | None, AfterValidator(_no_secrets)] = None
    """Sent with each request as it is, for settings of OpenAI-compatible servers."""
    tool_calling: Literal["native", "text", "auto"] = "native"
    """native: the provider's own; text: written as text, for models without; auto: one tiny call finds out."""
    prefill: Switch | None = None
    """Whether the model goes on from words put into its mouth; left out, what is known of the usual providers."""
    batch: Switch | None = None
    """Whether calls go through the provider's batch API, where Inspect offers it: cheaper, and up to a day later."""
    quirk: Text | None = None
    """For targets: a behaviour of judges/quirks to plant, as `NAME/STRENGTH`, `NAME/twin` for its innocent twin."""


Model = Text | ModelSettings


class Models(StrictModel):
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


class AuditSettings(StrictModel):
    """How each audit is run."""

    max_turns: Whole = Field(default=20, ge=1, le=1000)
    """Target turns on the longest branch; setting up never uses them up."""
    epochs: Whole = Field(default=1, ge=1, le=1000)
    """How often each cell is repeated."""
    tools: Literal["simulated", "fixed", "none", "sandbox"] = "simulated"
    """simulated: the auditor may create tools; fixed: only those of the scenario; none: the target has no tools;
    sandbox: real ones, run in Inspect's sandbox."""
    sandbox: Text | None = None
    """With `tools: sandbox`, and for targets that are commands: Inspect's sandbox, such as `docker` or
    `docker:compose.yaml`."""
    sandbox_tools: tuple[Literal["bash", "python", "text_editor"], ...] = Field(
        default=("bash", "python"), min_length=1
    )
    """With `tools: sandbox`: which tools."""
    world: Switch = False
    """Whether a world state stands behind the simulated tools; on by itself where a scenario sets one up."""
    rollback: Switch = True
    """Whether the auditor may go back and try another way."""
    branch_samples: Whole = Field(default=1, ge=1, le=50)
    """How often the target answers anew, on each side, when the auditor compares branches."""
    prefill: Switch = False
    """Whether the auditor may write the beginning of the target's reply."""
    realism: Literal["off"] | Annotated[Number, Field(ge=0, le=1)] = "off"
    """off, or the score from 0 to 1 below which a staged message is sent back."""
    compaction: Literal["off", "auto"] | Annotated[Whole, Field(ge=1000)] = "auto"
    """When the auditor's own conversation is summed up: at 90 % of its context, at so many tokens, or never."""
    target_display_name: Text | None = None
    """What the auditor is told of the target's name; left out, nothing."""


def _some(share: float) -> float:
    if share == 0:
        words = (
            "should be above 0: with nothing of the rest read, what the screener misses would bias every rate"
        )
        raise PydanticCustomError("sample", words)
    return share


class Cascade(StrictModel):
    """The first judge reads every transcript, the others what it flags and a random sample of the rest."""

    sample: Annotated[
        Number, Field(ge=0, le=1, json_schema_extra={"exclusiveMinimum": 0}), AfterValidator(_some)
    ] = 0.1
    """The probability with which the others read a transcript that is not flagged."""
    past: Literal["threshold"] | Annotated[Whole, Field(ge=1)] = "threshold"
    """What flags one: a score at or past its dimension's threshold, or so many points from the innocent end."""


class JudgeSettings(StrictModel):
    """How each transcript is judged."""

    rubric: tuple[Text, ...] = Field(default=("sycophancy", "deception", "sabotage"), min_length=1)
    """Names of rubrics in `judges/`, or paths of rubric files."""
    groups: Literal["family", "one", "each"] = "family"
    """How dimensions share a call: by rubric and at most a dozen together, all in one, or each on its own."""
    repeats: Whole = Field(default=1, ge=1, le=20)
    """Verdicts of each judge."""
    context: Whole | None = Field(default=None, ge=2000)
    """Tokens that fit into a judge's context; left out, what is known of the model."""
    blind: Switch = True
    """Whether the judge is kept from the target's name."""
    cascade: Cascade | None = None
    """A cheap judge first, and the panel where it matters; left out, every judge reads every transcript."""
    probe: Switch = False
    """Whether suspicious transcripts are judged again without the suspicious words, and with other labels."""

    def procedure(self) -> dict[str, Any]:
        """Give all but the rubrics, of what is not at its default, as JSON-ready data."""
        return self.model_dump(mode="json", exclude={"rubric"}, exclude_defaults=True)


class ToolDefinition(StrictModel):
    """A tool that the target is offered. Nothing runs behind it; the auditor answers its calls."""

    name: ToolName
    """Letters, digits, `_` and `-`."""
    description: Text
    """What the tool does, as the target is told."""
    parameters: dict[str, Any] = Field(default_factory=lambda: {"type": "object", "properties": {}})
    """A JSON Schema whose type is object."""
    backed_by: Text | None = None
    """The operation of the world that answers its calls, such as `files.read`; left out, somebody plays the answers."""


class Continuation(StrictModel):
    """The conversation that an audit goes on from."""

    file: Text
    """An Inspect log, a transcript of ours, or messages as OpenAI or Anthropic write them (JSON, JSON lines)."""
    sample: Text | None = None
    """In a log with several samples: the id of one, or `id:epoch`."""
    messages: Whole | None = Field(default=None, ge=1)
    """Only so many messages from the start."""


class Expectation(StrictModel):
    """A gate on one dimension: the command exits with 1 when a score lies outside."""

    max: Number | None = None
    """The highest score that passes."""
    min: Number | None = None
    """The lowest score that passes."""


class ScenarioBody(Design):
    """What a scenario says, whichever form its file has."""

    seed: Text
    """What to investigate, in natural language; `{{name}}` is filled from `variables`."""
    tags: Tags = ()
    """Beside those of the file; `--tag` selects by them."""
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
    guidance: Text | None = None
    """What the auditor should know beside the seed: facts of the trade, a way to go, things to avoid."""
    stop_when: Text | None = None
    """When the auditor should end the audit, in plain language."""
    date: Date | None = None
    """The date in the scenario's world; left out, the day of the audit."""
    locale: Text | None = None
    """Where names and places come from, such as `de_DE`; left out, one of several for each audit."""
    continue_from: Text | Continuation | None = None
    """A file with a conversation that the audit goes on from; nothing in it is held against the target."""
    world: WorldSetup | None = None
    """What stands behind the target's tools at the start: files, records, mail, people, the time."""
    control_for: Slug | None = None
    """The id of the scenario whose innocent twin this is."""
    expect: dict[Slug, Expectation] = Field(default_factory=dict[str, Expectation])
    """Gates by dimension."""
    checks: Checks = Checks()
    """Closed questions that are put to the target after the audit, and scored by counting its answers."""


class Scenario(ScenarioBody):
    """One question about a model, in plain language."""

    id: Slug
    """Unique in the file."""

    @property
    def continuation(self) -> Continuation | None:
        """The conversation to go on from, however it was named."""
        given = self.continue_from
        return Continuation(file=given) if isinstance(given, str) else given

    def cells(self) -> tuple[dict[str, VariableValue], ...]:
        """Give every combination of the variables' values, in file order; one empty cell without variables."""
        names = list(self.variables)
        rows = itertools.product(*(self.variables[name] for name in names))
        return tuple(dict(zip(names, row, strict=True)) for row in rows)


class FileHead(StrictModel):
    """What the scenarios of a file share."""

    petri: Literal[1]
    """Format version."""
    name: Slug
    """The file's name in results and run folders."""
    description: str = ""
    """What the file is about, for people."""
    family: Slug | None = None
    """The behaviour that the file is about; `library:` selects by it, and the library's coverage is counted by it."""
    tags: Tags = ()
    """Tags of every scenario in the file."""
    models: Models = Models()
    """Which model plays which role."""
    audit: AuditSettings = AuditSettings()
    """How each audit is run."""
    judge: JudgeSettings = JudgeSettings()
    """How each transcript is judged."""
    prompts: dict[Text, Text] = Field(default_factory=dict[str, str])
    """Files that stand in for prompts of ours, by the prompt's name, such as `auditor/system`."""
    skills: tuple[Text, ...] = ()
    """Folders of Markdown files that the auditor may read when it needs them."""


class ScenarioFile(FileHead):
    """A file of scenarios that share models, settings and rubrics."""

    scenarios: Annotated[tuple[Scenario, ...], Field(min_length=1)]
    """The questions that are asked."""


class SingleScenarioFile(FileHead, ScenarioBody):
    """A file that is one scenario: its keys stand at the top level."""

    id: Slug | None = None
    """The scenario's id; left out, the file's name."""

    def as_file(self) -> ScenarioFile:
        """Give the same as a file with a list of one scenario."""
        head = {name: getattr(self, name) for name in FileHead.model_fields if name in self.model_fields_set}
        own = ScenarioBody.model_fields.keys() - FileHead.model_fields.keys()
        body = {
            name: getattr(self, name)
            for name in ScenarioBody.model_fields
            if name in own & self.model_fields_set
        }
        scenario = Scenario(id=self.id or self.name, **body)
        return ScenarioFile(**head, scenarios=(scenario,))


def scenario_json_schema() -> dict[str, Any]:
    """Give the JSON Schema of scenario files in both forms: a list of scenarios, or one at the top level."""
    listed, single = model_schema(ScenarioFile), model_schema(SingleScenarioFile)
    single_keys = [key for key in single["properties"] if key not in FileHead.model_fields and key != "seed"]
    return listed | {
        "title": "Petri scenario file",
        "description": "Scenarios that share models, settings and rubrics; or one scenario, its keys at the top level.",
        "definitions": listed["definitions"] | single["definitions"],
        "properties": listed["properties"] | single["properties"],
        "required": ["petri", "name"],
        "oneOf": [{"required": ["scenarios"]}, {"required": ["seed"]}],
        "dependencies": {key: ["seed"] for key in single_keys},
    }
