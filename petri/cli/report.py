"""`petri report`: a run as a page, Markdown or JSON that one can publish."""

import asyncio
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from petri.analysis.beside import beside
from petri.analysis.compute import compute_results
from petri.analysis.report import make_report
from petri.analysis.report_schema import Report
from petri.cli import options
from petri.cli.outputs import described
from petri.display.console import echo_json, talk
from petri.display.report_markdown import report_markdown
from petri.display.safe import flat
from petri.errors import UsageError
from petri.transcript.folders import Run, find_run, out_folder
from petri.viewer.cleaning import Cleaner
from petri.viewer.draft import require_free, whole_file
from petri.viewer.export import Written
from petri.viewer.report_page import write_report
from petri.viewer.reporting import clean_report

PAGE: Final = "report.html"
_STDOUT: Final = Path("-")


def command(
    run: Annotated[str, typer.Argument(metavar="RUN", help=options.SIDE)],
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="The report as one page, with all transcripts."),
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option("--md", metavar="FILE", help="The report as Markdown; - for stdout.")
    ] = None,
    json_: options.Json = False,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="TARGET", help="The target to compare the others with; the first by default."),
    ] = None,
    primary: options.Primary = None,
    margin: options.Margin = None,
    force: options.Force = False,
    out: options.Out = None,
) -> None:
    """Say what a run's data support, and no more: a page to send to a colleague, Markdown or JSON.

    Without --html, --md and --json it is report.html in the run's folder. Secrets are taken out, as by petri export.

    Example: petri report last --primary sycophancy
    """
    if html == _STDOUT:
        raise UsageError("--html writes a file; name one")
    if json_ and markdown == _STDOUT:
        raise UsageError("--json and --md - are both for stdout; name a file for the Markdown")
    found = find_run(run, out_folder(out))
    if html is None and markdown is None and not json_:
        html = found.folder / PAGE
    chosen = _Chosen(html, None if markdown == _STDOUT else markdown)
    require_free(chosen.files, force=force)
    results = compute_results(found)
    report = make_report(results, beside(found, results), baseline, primary or (), margin)
    cleaner = Cleaner()
    cleaned = Report.model_validate(clean_report(report.model_dump(mode="json"), cleaner))
    _write(found, report, cleaned, cleaner.removed, chosen)
    if markdown == _STDOUT:
        sys.stdout.write(report_markdown(cleaned))
        sys.stdout.flush()
    if json_:
        echo_json(cleaned.model_dump(mode="json"), indent=1)


@dataclass(frozen=True, slots=True)
class _Chosen:
    html: Path | None
    markdown: Path | None

    @property
    def files(self) -> list[Path]:
        return [path for path in (self.html, self.markdown) if path is not None]


def _write(run: Run, report: Report, cleaned: Report, removed: int, chosen: _Chosen) -> None:
    """Write the files, all of them or none, and say what was written."""
    console = talk()
    written: list[Written] = []
    with ExitStack() as files, console.status("writing") as status:

        def told(_: str, done: int, every: int) -> None:
            status.update(Text(f"{done} of {every} audits"))

        if chosen.markdown is not None:
            page = report_markdown(cleaned).encode()
            files.enter_context(whole_file(chosen.markdown)).write(page)
            written.append(Written(chosen.markdown, len(page), report.counts.planned, removed, 0))
        if chosen.html is not None:
            written.append(asyncio.run(write_report(run, report, chosen.html, told=told)))
    for file in written:
        console.print(Text(flat(described(file))), soft_wrap=True)
