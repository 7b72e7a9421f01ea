"""The corpus is what it says it is, and goes through a run and its log unchanged."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from petri.analysis.compute import compute_results
from petri.errors import UnreadableLog
from petri.transcript.folders import Run
from petri.transcript.schema import Transcript
from petri.transcript.store import read_header, samples, transcript_of
from tests.hostile.corpus import PAYLOADS
from tests.hostile.runs import groups, hostile_root
from tests.made_once import made_once

pytestmark = pytest.mark.long


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "hostile", hostile_root) / "runs"


def transcripts(log: Path) -> Iterator[Transcript]:
    target = read_header(log).target
    for sample in samples(log):
        yield transcript_of(sample, target)


def test_it_is_large_and_says_nothing_twice() -> None:
    texts = {payload.text for payload in PAYLOADS}
    assert len(texts) == len(PAYLOADS) >= 200
    assert len({payload.id for payload in PAYLOADS}) == len(PAYLOADS)


def test_what_is_said_is_in_the_record_as_it_was_said(root: Path) -> None:
    (folder,) = root.glob("*spoken*")
    run = Run(folder)
    found = {told.cell.file: told for log in run.logs() for told in transcripts(log)}
    for name, texts in zip(sorted(found), groups(), strict=True):
        nodes = list(found[name].conversation())
        said = [node.message.text for node in nodes if node.message.role == "assistant"]
        assert said == texts, name
    results = compute_results(run)
    assert (results.counts.planned, results.counts.valid) == (len(groups()),) * 2


def test_names_are_whatever_a_log_says(root: Path) -> None:
    told: list[Transcript] = []
    unreadable = 0
    for log in [*root.glob("*.eval"), *root.glob("[01][0-9]*/*.eval")]:
        try:
            found = list(transcripts(log))
        except UnreadableLog:
            unreadable += 1
            continue
        results = compute_results(Run(log.parent, log))
        assert (results.counts.planned, results.counts.valid) == (len(found), len(found)), log.name
        told += found
    assert unreadable == 3
    assert {each.cell.scenario for each in told} == {payload.text for payload in PAYLOADS}
    assert {each.target.split(" (")[0] for each in told} >= {"<script>top.__fired=1</script>"}
