"""`petri plan`: what would run, what it would probably cost, and what it could show."""

from collections.abc import Iterable

from petri.cli import options
from petri.cli.settings import order_settings
from petri.costs.earlier import earlier_audits
from petri.costs.estimate import estimate, planned_shapes
from petri.costs.power import asked_of, detectable
from petri.costs.prices import known_prices
from petri.display.console import data, echo_json
from petri.display.plan import MatrixRow, PlanReport, print_plan
from petri.order import Order, Settled, settle
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
    out: options.Out = None,
    no_judge: options.NoJudge = False,
    set_: options.Set = None,
    json_: options.Json = False,
) -> None:
    """Show what would run, what it would probably cost, and what it could show; touches no network, spends nothing.

    Example: petri plan my-question.yaml --target openai/gpt-5-mini --epochs 3
    """
    given = order_settings(
        set_, auditor, target, judge, realism, simulator, epochs, max_turns, rubric, judge_groups
    )
    order = Order(
        scenarios=files,
        out=out_folder(out),
        only=only or (),
        tags=tag or (),
        limit=limit,
        settings=given.settings,
        offline=offline,
        judge=not no_judge,
    )
    report = _report(order, settle(order))
    if json_:
        echo_json(report.as_json())
    else:
        print_plan(data(), report)


def _report(order: Order, settled: Settled) -> PlanReport:
    earlier, planned = earlier_audits(order.out), planned_shapes(settled, judged=order.judge)
    return PlanReport(
        matrix=tuple(_matrix(settled)),
        estimate=estimate(planned, earlier, known_prices()),
        detectable=detectable(asked_of(settled, planned), earlier),
    )


def _matrix(settled: Settled) -> Iterable[MatrixRow]:
    for file in settled.files:
        yield MatrixRow(
            file=file.path,
            scenarios=len(file.spec.scenarios),
            cells=sum(len(scenario.cells()) for scenario in file.spec.scenarios),
            targets=sum(part.file is file for part in settled.parts),
            epochs=file.spec.audit.epochs,
        )
