"""`petri explain`: every value with its origin, and the words that models would be sent."""

from typing import Annotated, Final

import typer

from petri.cli import options
from petri.cli.settings import all_settings, read_settings
from petri.display.console import data, echo_json
from petri.display.explain import explanation_json, print_explanation
from petri.explaining.explain import explain
from petri.order import Order
from petri.transcript.store import out_folder

_FLAGS: Final = {
    "models.auditor": "--auditor",
    "models.target": "--target",
    "models.judge": "--judge",
    "models.realism": "--realism",
    "models.simulator": "--simulator",
    "audit.epochs": "--epochs",
    "audit.max_turns": "--max-turns",
    "judge.rubric": "--rubric",
    "judge.groups": "--judge-groups",
}


def command(
    files: options.Scenarios,
    auditor: options.Auditor = None,
    target: options.Target = None,
    judge: options.Judge = None,
    realism: options.Realism = None,
    simulator: options.Simulator = None,
    offline: options.Offline = False,
    epochs: options.Epochs = None,
    max_turns: options.MaxTurns = None,
    only: options.Only = None,
    tag: options.Tag = None,
    limit: options.Limit = None,
    rubric: options.Rubric = None,
    judge_groups: options.JudgeGroups = None,
    no_judge: options.NoJudge = False,
    set_: options.Set = None,
    cell: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this cell, by its id or a part of it.")
    ] = None,
    json_: options.Json = False,
) -> None:
    """Show what petri audit would really use and send: values with origins, seeds, prompts, tools; sends nothing.

    Example: petri explain my-question.yaml --offline --only hopeful-founder
    """
    by_hand = read_settings(set_ or ())
    named = all_settings(
        None,
        auditor=auditor,
        target=target,
        judge=judge,
        realism=realism,
        simulator=simulator,
        epochs=epochs,
        max_turns=max_turns,
        rubric=rubric,
        judge_groups=judge_groups,
    )
    order = Order(
        scenarios=files,
        out=out_folder(None),
        only=only or (),
        tags=tag or (),
        limit=limit,
        settings=by_hand | named,
        offline=offline,
        judge=not no_judge,
    )
    origins = {key: f"--set {key}" for key in by_hand} | {key: _FLAGS[key] for key in named}
    explanation = explain(order, origins, cell)
    if json_:
        echo_json(explanation_json(explanation), indent=1)
    else:
        print_explanation(data(), explanation)
