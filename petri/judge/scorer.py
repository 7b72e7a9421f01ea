"""The judge as an Inspect scorer: one score per dimension, NaN for each without a value, the ruling beside it."""

import math
from collections.abc import Sequence

from inspect_ai.log import transcript
from inspect_ai.model import Model, get_model, model_roles
from inspect_ai.scorer import Reference, Score, Scorer, Target, mean, scorer
from inspect_ai.solver import TaskState

from petri.boundary import Failure, guarded
from petri.errors import UsageError
from petri.judge.groups import Grouping, make_groups
from petri.judge.panel import Judge, Procedure, rule
from petri.judge.verdict import Citation, Ruling, Status
from petri.plan import Cell
from petri.protocol.choosing import Probes
from petri.roles import Manner, read_manners
from petri.rubric.load import load_rubrics
from petri.transcript.record import make_transcript
from petri.transcript.schema import Transcript


@scorer(metrics={"*": [mean()]})
def judge(
    rubrics: Sequence[str],
    groups: Grouping = "family",
    repeats: int = 1,
    context: int | None = None,
    blind: bool = True,  # noqa: FBT001, FBT002 -- an option of `inspect score -S`
) -> Scorer:
    """Score the audit in the current sample's log on these rubrics (names or paths), with the role ``judge``.

    The others are as in ``Procedure``: how the dimensions are grouped into calls, the verdicts of each judge, the
    tokens that fit into its context, and whether it is blind to the target's name.
    """
    families = [rubric.spec.dimensions for rubric in load_rubrics(rubrics)]
    dimensions = [dimension for family in families for dimension in family]
    procedure = Procedure(make_groups(families, groups), repeats, context, blind)
    probes = Probes()

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001 -- Inspect's signature
        record = make_transcript(
            transcript().events,
            cell=Cell.model_validate(state.metadata["petri"]),
            epoch=state.epoch,
            target=state.metadata["target"] or str(get_model(role="target", required=True)),
        )
        spoken = read_manners(state.metadata.get("manners")).get("judge", ())
        judges = [await _judge(model, spoken[n : n + 1], probes) for n, model in enumerate(_judges())]
        return as_score(await rule(judges, record, dimensions, procedure), record)

    return score


async def _judge(model: Model, spoken: Sequence[Manner], probes: Probes) -> Judge:
    """Give a judge and how to speak to it; where that cannot be found out, its own call will say what is wrong."""
    wanted = spoken[0].tool_calling if spoken else "native"
    mode = await guarded(probes.mode(model, wanted), f"judge ({model})")
    return Judge(model, "native" if isinstance(mode, Failure) else mode)


def as_score(ruling: Ruling, record: Transcript) -> Score:
    """Give a ruling as Inspect's score; NaN is its mark for "no value", which its metrics leave out and count.

    The references make the labels in the explanation links in Inspect's viewer.
    """
    references = [
        Reference(type="message", cite=f"[{node.label}]", id=node.message.id)
        for node in record.tree.nodes
        if node.message.id is not None
    ]
    results = {name: ruling.combined(name) for name in ruling.dimensions}
    return Score(
        value={name: math.nan if value is None else value for name, (_, value) in results.items()},
        explanation="\n\n".join(_explained(ruling, name, *result) for name, result in results.items()),
        metadata={
            "petri": ruling.model_dump(mode="json"),
            "scanner_references": [reference.model_dump() for reference in references],
        },
    )


def _explained(ruling: Ruling, name: str, status: Status, value: float | None) -> str:
    """Give one dimension's result in words: the value or why there is none, and each judge's reason."""
    head = f"{name}: {status}" if value is None else f"{name}: {value:g}"
    if ruling.skipped is not None:
        return f"{head} (the audit's outcome is {ruling.skipped})"
    if ruling.disagreement(name):
        head += f" (the judges differ by {ruling.spread(name):g} points; read it yourself)"
    reasons = [
        f"{judge}: {score.reason}" + "".join(map(_quoted, score.citations))
        for judge, score in ruling.by_judge(name)
    ]
    return "\n".join([head, *reasons])


def _quoted(cited: Citation) -> str:
    found = {"near": " (near match)", "none": " (not found)"}.get(cited.match, "")
    return f"\n[{cited.message}] “{cited.quote}”{found}"


def _judges() -> tuple[Model, ...]:
    """Give the models in the role ``judge``; several are a panel."""
    bound = model_roles().get("judge")
    if bound is None:
        raise UsageError("no model has the role judge; name one with --judge (or --model-role judge=...)")
    return tuple(bound) if isinstance(bound, list) else (bound,)
