"""`petri explain`: every value with its origin, and the words that models would be sent."""

from typing import Annotated

import typer

from petri.cli import options
from petri.cli.settings import order_settings
from petri.display.console import data, echo_json
from petri.display.explain import explanation_json, print_explanation
from petri.explaining.explain import explain
from petri.order import Order
from petri.transcript.folders import out_folder


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
    given = order_settings(
        set_, auditor, target, judge, realism, simulator, epochs, max_turns, rubric, judge_groups
    )
    order = Order(
        scenarios=files,
        out=out_folder(None),
        only=only or (),
        tags=tag or (),
        limit=limit,
        settings=given.settings,
        offline=offline,
        judge=not no_judge,
    )
    explanation = explain(order, given.origins, cell)
    if json_:
        echo_json(explanation_json(explanation), indent=1)
    else:
        print_explanation(data(), explanation)
