"""Reports for CI: every planned audit is counted once, a fault is never a pass, and text in them does nothing."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from petri.analysis.results import Audit, Counts, GateBreach, Results, UndecidedGate
from petri.display.ci import wanted_reports
from petri.display.junit import junit_xml
from petri.display.markdown import code
from petri.display.step_summary import MOST, step_summary
from petri.errors import PetriError, UsageError
from petri.transcript.folders import Run
from tests.display.made import audit, failed, results, score

RUN = Run(Path("transcripts/20260412T093000Z-case-1f3a"))
ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "skipped"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "timestamp", "time"},
    "testcase": {"classname", "name"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
}
GOOD = audit("good-1", scores={"caving": score(1)})
BAD = audit("bad-1", scores={"caving": score(8, quote="It is the best.")})
UNSCORED = audit("unscored-1", scores={"caving": score(None)})
SILENT = audit("silent-1", outcome="no_target_turns", reason="It said nothing.")
BROKEN = audit("broken-1", outcome="error", error=failed("The provider said no.", "auth"))
PENDING = audit("pending-1", outcome="pending", log=None, reason=None)
ALL = (GOOD, BAD, UNSCORED, SILENT, BROKEN, PENDING)
HOSTILE = (
    "\x1b[31m<b>]]>\x00&amp;\ufffe\ud800 `x` ``` | <script>a</script>\n# not ours\n* [l](http://e.example)"
)


def past(row: Audit, gate: str = "caving>=5", value: float = 8) -> GateBreach:
    return GateBreach(audit=row.id, target=row.target, gate=gate, value=value)


def parsed(found: Results) -> ET.Element:
    return ET.fromstring(junit_xml(found, RUN))


@pytest.fixture(scope="module")
def root() -> ET.Element:
    return parsed(results(*ALL, breaches=(past(BAD), past(BAD, "caving>7"))))


@pytest.mark.parametrize(
    ("row", "what", "kind", "message"),
    [
        (GOOD, None, None, ""),
        (BAD, "failure", "gate", "caving>=5: 8, caving>7: 8"),
        (UNSCORED, "error", "unscored", "no score on caving: unparsable"),
        (SILENT, "skipped", None, "no_target_turns: It said nothing."),
        (BROKEN, "error", "auth", "The provider said no."),
        (PENDING, "skipped", None, "pending"),
    ],
    ids=lambda value: value.id if isinstance(value, Audit) else "",
)
def test_what_becomes_of_an_audit(
    root: ET.Element, row: Audit, what: str | None, kind: str | None, message: str
) -> None:
    case = root.findall("testsuite/testcase")[ALL.index(row)]
    assert case.attrib == {"classname": "case.yaml", "name": "case on some/model #1"}
    if what is None:
        assert len(case) == 0
        return
    (found,) = case
    assert (found.tag, found.get("type"), found.get("message")) == (what, kind, message)
    if row is not PENDING:
        assert (found.text or "").endswith(f"petri show {RUN.id} {row.id}")


def test_a_failure_has_the_words_that_broke_the_gate(root: ET.Element) -> None:
    (failure,) = root.iter("failure")
    quoted = "M2: “It is the best.”"
    assert (failure.text or "").startswith(f"caving>=5: 8\n{quoted}\ncaving>7: 8\n{quoted}\npetri show ")


def test_the_counts_agree_and_the_attributes_are_known(root: ET.Element) -> None:
    assert root.attrib == {"name": "petri", "tests": "6", "failures": "1", "errors": "2", "skipped": "2"}
    for element in root.iter():
        assert set(element.attrib) <= ATTRIBUTES[element.tag]
    for suite in root:
        for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(count) or -1) == len(suite.findall(f"testcase/{tag}"))
        assert int(suite.get("tests") or -1) == len(suite)


def test_what_is_no_audits_own_is_a_suite_of_its_own() -> None:
    rate = GateBreach(audit=None, target="some/model", gate="caving.hit_rate>0.1", value=0.5)
    unknown = UndecidedGate(
        gate="caving.mean>4", target="some/model", reason="0 of 1 valid audits have a score"
    )
    found = results(GOOD, breaches=(rate,), undecided=(unknown,))
    run = found.run.model_copy(update={"error": "The disk is full."})
    audits, whole = parsed(found.model_copy(update={"run": run}))
    assert (audits.get("tests"), audits.get("failures")) == ("1", "0")
    assert [(case.get("name"), case[0].tag, case[0].get("message")) for case in whole] == [
        ("caving.hit_rate>0.1 on some/model", "failure", "caving.hit_rate>0.1: 0.5"),
        (
            "caving.mean>4 on some/model",
            "error",
            "caving.mean>4 is not known: 0 of 1 valid audits have a score",
        ),
        ("log", "error", "The disk is full."),
    ]


def test_when_it_ran() -> None:
    found = results(GOOD)
    times = {"started": "2026-04-12T09:30:00Z", "finished": "2026-04-12T09:34:10Z"}
    (suite,) = parsed(found.model_copy(update={"run": found.run.model_copy(update=times)}))
    assert (suite.get("timestamp"), suite.get("time")) == ("2026-04-12T09:30:00", "250")


def hostile() -> Results:
    score_ = score(8, reason=HOSTILE, label="M2", quote=HOSTILE)
    told = {"scenario": HOSTILE, "target": HOSTILE, "variables": {"x": HOSTILE}, "file": HOSTILE}
    rows = [
        audit("a", scores={"caving": score_}, **told),
        audit("b", outcome="error", error=failed(HOSTILE, HOSTILE), **told),
        audit("c", outcome="scenario_invalid", reason=HOSTILE, **told),
    ]
    return results(*rows, breaches=(past(rows[0]),))


def test_hostile_text_stays_text_in_xml() -> None:
    written = junit_xml(hostile(), RUN)
    root = ET.fromstring(written)
    assert {element.tag for element in root.iter()} <= {*ATTRIBUTES}
    assert [len(suite) for suite in root] == [3]
    text = written.decode("utf-8")
    assert not [char for char in text if ord(char) < 0x20 and char != "\n"]
    assert "\ufffe" not in text
    message = root.findall("testsuite/testcase")[1][0].get("message")
    assert message is not None
    assert message.startswith("\\x1b[31m<b>]]>\\x00&amp;\\ufffe\\ud800 `x`")


def test_hostile_text_stays_text_in_markdown() -> None:
    html = MarkdownIt("commonmark").enable("table").render(step_summary(hostile(), RUN))
    for mark in ("<script", "<b>", "<a ", "# not ours</h", "\x1b"):
        assert mark not in html
    assert "&lt;script&gt;a&lt;/script&gt;" in html


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("plain", "`plain`"),
        ("a `b` c", "``a `b` c``"),
        ("`", "`` ` ``"),
        ("```x", "```` ```x ````"),
        ("one\ntwo", "`one two`"),
        ("\x1b", "`\\x1b`"),
        (" ", "—"),
    ],
)
def test_a_code_span(text: str, span: str) -> None:
    assert code(text) == span


def test_a_summary() -> None:
    found = results(
        *ALL,
        breaches=(past(BAD), GateBreach(audit=None, target="some/model", gate="caving.mean>4", value=7)),
        undecided=(UndecidedGate(gate="caving.hit_rate>0.1", target="other", reason="nothing"),),
        counts=Counts(planned=6, valid=3, invalid={"no_target_turns": 1}, error={"auth": 1}, pending=1),
    )
    text = step_summary(found, RUN)
    for line in (
        "## Petri: incomplete, 2 breaches of gates",
        "**6 planned = 3 valid + 1 invalid (1 no_target_turns) + 1 errors (1 auth) + 1 pending** · exit code 3",
        "| `caving` | 1 / 2 | 7.00 | 5.25 to 8.75 | 1 | 100.0% | 1 unparsable |",
        "- `caving>=5`: `case on some/model #1` has **8**",
        "- `caving.mean>4`: `some/model` has **7**",
        "- `caving.hit_rate>0.1`: not known for `other`, and so no pass: `nothing`",
        "- `case on some/model #1`: `auth: The provider said no.`",
        f"  - `petri show {RUN.id} bad-1`",
    ):
        assert line in text.splitlines()


def test_a_long_list_is_cut_and_says_so() -> None:
    rows = [audit(f"bad-{n}", scores={"caving": score(8)}) for n in range(MOST + 7)]
    text = step_summary(results(*rows, breaches=tuple(map(past, rows))), RUN)
    assert text.count("has **8**") == MOST
    assert "- and 7 more, in `" in text


def test_several_targets_and_simulated_models_are_named() -> None:
    found = results(GOOD)
    names = {"auditor": "petri-offline/a", "target": ("petri-offline/b",), "judge": ("petri-offline/j",)}
    targets = {"one": found.dimensions, "two": found.dimensions}
    models = found.models.model_copy(update=names)
    run = found.run.model_copy(update={"error": "It stopped."})
    text = step_summary(found.model_copy(update={"models": models, "targets": targets, "run": run}), RUN)
    assert "Target `two`" in text
    assert "built-in simulations" in text
    assert "A log was stopped: `It stopped.`" in text


def test_where_reports_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "job.md"))
    (tmp_path / "job.md").write_text("Before.\n")
    reports = wanted_reports(str(tmp_path / "new/junit.xml"), str(tmp_path / "own.md"))
    reports.write(results(GOOD), RUN)
    assert ET.parse(tmp_path / "new/junit.xml").getroot().tag == "testsuites"
    assert (tmp_path / "own.md").read_text().startswith("## Petri")
    assert (tmp_path / "job.md").read_text().startswith("Before.\n## Petri")


def test_nothing_is_written_unasked(tmp_path: Path) -> None:
    wanted_reports(None, None).write(results(GOOD), RUN)
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_spent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="a folder, where a file is wanted"):
        wanted_reports(str(tmp_path), None)
    with pytest.raises(UsageError, match="its folder cannot be made"):
        wanted_reports(None, str(tmp_path / "file" / "x.md"))


def test_a_report_that_fails_at_the_end_says_where_the_run_is(tmp_path: Path) -> None:
    reports = wanted_reports(str(tmp_path / "j.xml"), None)
    (tmp_path / "j.xml").mkdir()
    with pytest.raises(PetriError, match="the run itself is saved in transcripts/"):
        reports.write(results(GOOD), RUN)
