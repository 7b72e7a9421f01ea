# noqa: INP001 -- a script, not a package
"""The logs of the golden set, made anew from its scenarios with simulated models.

    python scripts/golden.py            replaces transcripts/golden/run/

The ids of audits follow from the scenarios, so labels.csv fits as long as those stay; whoever changes what a simulated
target says reads the transcripts and labels them anew. The logs are kept without the events that Petri
does not read, model calls above all, which are most of their size.
"""

import io
import os
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Final

from inspect_ai.log import EvalLog, EvalSample, read_eval_log, write_eval_log

from petri.document.fields import make_slug
from petri.runner import Order, run
from petri.transcript.store import read_header

GOLDEN: Final = Path(__file__).parents[1] / "transcripts" / "golden"
LOGS: Final = GOLDEN / "run"
READ: Final = {"info", "sample_limit"}


def make() -> tuple[Path, ...]:
    """Run the golden scenarios and give the logs, in the place of the old ones."""
    os.chdir(GOLDEN)  # so that the logs name files as they lie here, and no folder of this machine
    with tempfile.TemporaryDirectory() as place, redirect_stdout(io.StringIO()):  # Inspect prints a banner
        made, results = run(Order(["golden.yaml"], Path(place)))
        if results.run.status != "complete":
            raise SystemExit(f"the golden run is {results.run.status}, not complete; the old logs stay")
        logs = {
            make_slug(read_header(log).target): read_eval_log(str(log), resolve_attachments="full")
            for log in made.logs()
        }
    LOGS.mkdir(exist_ok=True)
    for old in LOGS.glob("*.eval"):
        old.unlink()
    paths = tuple(LOGS / f"{name}.eval" for name in logs)
    for path, log in zip(paths, logs.values(), strict=True):
        write_eval_log(_slim(log), str(path))
    return paths


def _slim(log: EvalLog) -> EvalLog:
    """Give the log with only what Petri reads, and with paths as they are from the golden folder."""
    samples = [_with_record_only(sample) for sample in log.samples or ()]
    here = log.eval.model_copy(update={"revision": None})
    slim = log.model_copy(update={"samples": samples, "eval": here})
    return EvalLog.model_validate_json(slim.model_dump_json().replace(f"{GOLDEN}{os.sep}", ""))


def _with_record_only(sample: EvalSample) -> EvalSample:
    events = [event for event in sample.events if event.event in READ]
    return sample.model_copy(update={"events": events, "timelines": None})


if __name__ == "__main__":
    for written in make():
        sys.stdout.write(f"wrote {written.relative_to(GOLDEN.parents[1])}: {written.stat().st_size} bytes\n")
