"""A report in Markdown: every number with what it rests on, and nothing that a model said is markup of it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from petri.analysis.agreement import Estimate
from petri.analysis.calibration_card import Rate
from petri.analysis.figures import ByPeople
from petri.analysis.report import make_report
from petri.analysis.report_schema import (
    ComponentRow,
    ContrastRow,
    EffectRow,
    Interaction,
    InteractionCell,
    Report,
)
from petri.analysis.results import GateBreach, JudgeCard, KnownErrors, Results, RunInfo
from petri.analysis.summary import count, summarise
from petri.display.markdown import prose
from petri.display.report_markdown import report_markdown
from petri.judge.verdict import Citation
from petri.rubric.schema import Dimension
from petri.transcript.planned import FileDigest, ModelNames
from tests.analysis.rows import row, scored
from tests.display.made import results

PAYLOADS = {
    "heading": "# A heading",
    "fence": "```\n# out of the fence\n```",
    "line ends": "line\r# carriage\x0b# tab\x85# next\u2028# separator\r\n# both",
    "links": "![x](https://evil.example/?d=1) [y](javascript:fire()) <https://evil.example> www.evil.example",
    "element": "<img src=x onerror=fire()>",
    "table": "| a | b |\n| - | - |",
    "list": "- a\n- b",
    "numbers": "1. a\n2) b",
    "rule": "---",
    "underline": "a\n===",
    "emphasis": "*a* __b__ _c_ ~~d~~ **e**",
    "definition": "[z]: http://evil.example",
    "escapes": "\\` a \\",
    "ticks": "`a ``b``` `",
    "entity": "&lt;b&gt; &copy;",
    "mention": "@everyone #1 :tada: GH-1",
    "bidi": "\u202egnp.exe",
}


def dimension(name: str) -> Dimension:
    return Dimension(name="caving", description="It caves in.", threshold=5).model_copy(update={"name": name})


def made(text: str = "plain words", *, hit: float = 9) -> Results:
    """Results of two targets in which the text stands wherever text that is not ours can stand."""
    targets = (f"{text} one", f"{text} two")
    quote = Citation(message=text, quote=text, match="exact", by_target=True)
    audits = [
        row(
            id=f"{text}-{target}-{number}",
            scenario=f"{text} {number // 2}",
            epoch=number % 2 + 1,
            target=target,
            scores={text: scored(hit if number == 1 else 1.0, "scored", quote)}
            if number < 4
            else {text: scored(None, "unparsable")},
        )
        for target in targets
        for number in range(5)
    ]
    asked = dimension(text)
    run = RunInfo.model_validate(
        results().run.model_dump()
        | {
            "id": text,
            "error": text,
            "files": [FileDigest(path=text, sha256="f" * 64)],
            "prompts": {text: "a" * 64},
        }
    )
    return results(
        *audits,
        run=run,
        counts=count(audits),
        models=ModelNames(auditor=text, target=targets, judge=(text,), realism=text, simulator=text),
        dimensions={text: summarise(asked, audits)},
        targets={
            target: {text: summarise(asked, [each for each in audits if each.target == target])}
            for target in targets
        },
        breaches=(GateBreach(audit=text, gate=text, value=9),),
    )


def report(text: str = "plain words", **more: Any) -> Report:
    made_of = make_report(made(text))
    estimate = Estimate(value=0.5, ci95=(0.1, 0.9))
    errors = KnownErrors(
        n=20, kappa=estimate, sensitivity=Rate(value=0.9, n=10, ci95=(0.6, 1)), specificity=None
    )
    cell = InteractionCell(mean=2.5, n=4, scenarios=2)
    hole = InteractionCell(mean=None, n=0, scenarios=0)
    people = ByPeople(labels=12, annotators=2, mean=3, ci95=None, bias=0.5)
    common: dict[str, Any] = {"dimension": text, "variable": text, "ci95": (0.5, 1.5), "scenarios": 3}
    parts: dict[str, Any] = {
        "figures": tuple(each.model_copy(update={"by_people": people}) for each in made_of.figures),
        "caveats": (text,),
        "idle": (text,),
        "not_compared": {text: text},
        "not_modelled": {text: text},
        "contrasts": (
            ContrastRow(**common, first=text, second=1, pairs=6, difference=1, p=0.01, p_adjusted=0.02),
        ),
        "effects": (
            EffectRow(
                **common, setting=text, reference=text, estimate=1, error=0.4, p=0.0001, values=9, slopes=True
            ),
        ),
        "interactions": (
            Interaction(
                dimension=text,
                rows=text,
                columns=text,
                row_settings=(text, True),
                column_settings=(text, 1),
                cells=((cell, hole), (cell, cell)),
            ),
        ),
        "components": (
            ComponentRow(
                target=text,
                dimension=text,
                shares={"scenario": 0.75, "epoch": 0.25},
                error=0.8,
                if_twice={"scenarios": 0.57, "epochs": 0.75},
                advice="scenarios",
            ),
        ),
        "reliability": made_of.reliability.model_copy(
            update={
                "judge_cards": (
                    JudgeCard(judge=text, status="calibrated", card=text, dimensions={text: errors}),
                )
            }
        ),
        "method": made_of.method.model_copy(update={"settings": {text: text}, "rubrics": {text: "b" * 64}}),
    }
    return made_of.model_copy(update=parts | more)


def tokens(page: str) -> Iterator[Token]:
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(page):
        yield token
        yield from token.children or ()


def shape(page: str) -> list[str]:
    """The elements of a page: words may be code or not."""
    kept = (token for token in tokens(page) if token.type not in {"inline", "text", "code_inline"})
    return [f"{token.type} {token.tag}" for token in kept]


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_what_is_not_ours_is_no_markup(text: str) -> None:
    assert shape(report_markdown(report(text))) == shape(report_markdown(report()))


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_github_finds_nothing_to_link(text: str) -> None:
    said = " ".join(token.content for token in tokens(report_markdown(report(text))) if token.type == "text")
    assert re.findall(r"@\w+|#\d+|:\w+:|://|www\.", said) == []


# a sentence -> how it stands in the page
SENTENCES = {
    "ours": (
        "16 of 20 (80.0 %) are valid; -1.5 to +2, isn't it?",
        "16 of 20 (80.0 %) are valid; -1.5 to +2, isn't it?",
    ),
    "a model": ("judged by some/judge-4.1, limit:turns", "judged by some/judge-4.1, limit:turns"),
    "a name": ("by not_applicable and _x_", "by not_applicable and `_x_`"),
    "a link": ("see https://a.example now", "see `https://a.example` now"),
    "lines": ("a\n\n# b", "a `#` b"),
    "a list": ("- a - b", "`-` a - b"),
    "a number": ("2. or 2.", "`2.` or 2."),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_word_that_could_be_more_is_code(name: str) -> None:
    text, wanted = SENTENCES[name]
    assert prose(text) == wanted


def rows_of(page: str, heading: str) -> list[dict[str, str]]:
    """The rows of the first table below a heading."""
    lines = page.partition(f"{heading}\n")[2].split("\n")
    cut = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")]
    head, _, *rest = cut
    return [dict(zip(head, cells, strict=True)) for cells in rest if len(cells) == len(head)]


def test_a_number_stands_with_what_it_rests_on() -> None:
    page = report_markdown(make_report(made("caving")))
    assert "**10 planned = 10 valid + 0 invalid + 0 errors + 0 pending**" in page
    first = rows_of(page, "### Target `caving one`")[0]
    assert (first["mean"], first["scored / valid / planned"], first["scenarios"]) == (
        "3.00",
        "4 / 5 / 5",
        "2",
    )
    assert (first["hits"], first["hit rate, judge's errors taken out"]) == ("1 of 4", "—")
    assert first["hit rate"].startswith("25.0 %")
    left = rows_of(page, "What these numbers leave open:")[0]
    assert left["values"] == "1: 3, 9: 1"
    assert left["without a value"] == "1 unparsable"
    assert left["mean, were those best or worst"] == "2.60 or 4.40"
    assert left["hit rate likewise"] == "20.0 % or 40.0 %"
    assert left["hits where it may not have"] == "nobody asked"


def test_a_rate_of_nothing_is_at_most_something() -> None:
    page = report_markdown(make_report(made("caving", hit=1)))
    first = rows_of(page, "### Target `caving one`")[0]
    assert first["hits"] == "0 of 4"
    assert first["hit rate"] == "at most 52.8 % (for other scenarios 77.7 %)"
    assert (
        rows_of(page, "What these numbers leave open:")[0]["branches tried per hit"] == "4 branches, no hit"
    )


def test_a_comparison_says_what_may_be_claimed() -> None:
    page = report_markdown(make_report(made("caving"), primary=["caving"], margin=2))
    (only,) = rows_of(page, "### `caving two` against `caving one`")
    assert only["dimension"] == "`caving` (primary)"
    assert only["a difference is"] == "**underpowered**"
    assert (only["difference"], only["p"], only["margin"]) == ("+0.00", "—", "2")
    assert (only["scored / pairs"], only["without a value"]) == ("4 / 5", "1 unparsable")


def test_the_rest_is_there() -> None:
    page = report_markdown(report("caving"))
    assert "p adjusted" in page
    assert "| +1.00 | 0.40 | +0.50 to +1.50 | < 0.001 | 9 | 3 | level and effect |" in page
    assert "| 2.50 (4 of 2) | — (0 of 0) |" in page
    assert (
        "| 75.0 % | 25.0 % | — | — | 0.80 | more scenarios: twice as many give 0.57 (epochs 0.75) |" in page
    )
    assert "| 20 | 0.50 | 90.0 % (60.0 to 100.0 %), of 10 | — |" in page
    assert "from 12 labelled transcripts by 2 annotators" in page
    assert "  - `caving` (the target's words): `caving`" in page
    assert f"{'a' * 64}  caving" in page


def test_sections_without_anything_are_left_out() -> None:
    page = report_markdown(make_report(made("caving", hit=1)))
    heads = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert heads == [
        "What limits it",
        "Gates that were breached",
        "Numbers",
        "Comparisons",
        "How reliable the verdicts are",
        "Method",
    ]
