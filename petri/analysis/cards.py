"""What is known of the errors of a run's judges: the cards that `petri calibrate` keeps beside the runs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from petri.analysis.calibration_card import PANEL, Card, card_path, has_card, judge_card, rubric_digest
from petri.analysis.results import Audit, AuditScore, JudgeCard, KnownErrors
from petri.errors import UnreadableLog
from petri.rubric.objective import judged
from petri.rubric.schema import Dimension
from petri.transcript.folders import Run


def judge_cards(
    run: Run, audits: Iterable[Audit], dimensions: Iterable[Dimension], prompts: Mapping[str, str]
) -> tuple[JudgeCard, ...]:
    """Give an entry for each judge that gave scores, and for each panel of several; without a card it says so.

    Cards are looked for in the folder of runs that holds the run, so that a run has the same results everywhere. A card
    counts for the rubric and the prompts that it was made with, and for no others.
    """
    panels = panels_of(audits)
    names = [*dict.fromkeys(name for panel in panels for name in panel)]
    names += [PANEL.join(panel) for panel in panels if len(panel) > 1]
    rubric = rubric_digest(judged(dimensions))
    sent = {name: digest for name, digest in prompts.items() if name.startswith("judge/")}
    return tuple(_entry(name, rubric, sent, run.judged.folder.absolute().parent) for name in names)


def known_errors(cards: Sequence[JudgeCard], audits: Iterable[Audit]) -> Mapping[str, KnownErrors]:
    """Give the errors by which rates can be corrected, by dimension: those of the one judge or panel of all scores."""
    panels = panels_of(audits)
    if len(panels) != 1:
        return {}
    panel = PANEL.join(panels[0])
    (card,) = (card for card in cards if card.judge == panel)
    return card.dimensions if card.status == "calibrated" else {}


def panels_of(audits: Iterable[Audit]) -> list[tuple[str, ...]]:
    """Give the panels that gave scores, each as the sorted names of its judges."""
    return sorted({panel_of(score) for audit in audits for score in audit.scores.values() if score.judges})


def panel_of(score: AuditScore) -> tuple[str, ...]:
    """Give the names of a score's judges; one that has two seats is named twice, for two are no single judge."""
    return tuple(sorted(name for _, name in {(judge.seat, judge.judge) for judge in score.judges}))


def _entry(judge: str, rubric: str, prompts: Mapping[str, str], out: Path) -> JudgeCard:
    path = card_path(judge, rubric, out).relative_to(out).as_posix()
    try:
        card = judge_card(judge, rubric, out)
    except UnreadableLog:  # a damaged file beside the runs is no reason to lose a run's results
        return JudgeCard(judge=judge, status="unreadable", card=path)
    if card is None:
        status = "other rubric" if has_card(judge, out) else "uncalibrated"
        return JudgeCard(judge=judge, status=status, card=None)
    return JudgeCard(
        judge=judge,
        status="calibrated" if card.prompts == prompts else "other prompts",
        card=path,
        dimensions=dict(_errors(card)),
    )


def _errors(card: Card) -> Iterator[tuple[str, KnownErrors]]:
    for name, dimension in card.dimensions.items():
        yield (
            name,
            KnownErrors(
                n=dimension.coverage.compared,
                kappa=dimension.judge.kappa,
                sensitivity=dimension.sensitivity,
                specificity=dimension.specificity,
            ),
        )
