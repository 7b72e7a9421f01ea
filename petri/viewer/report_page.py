"""A run's report as one page to give away: it opens with the report, and every number in it leads to its audits."""

from collections.abc import Callable
from pathlib import Path

from petri.analysis.report_schema import Report
from petri.errors import NothingToRun
from petri.transcript.folders import Run
from petri.viewer.cleaning import Cleaner
from petri.viewer.draft import whole_file
from petri.viewer.embedding import page
from petri.viewer.export import Tally, Written, size_of, write_run
from petri.viewer.shared_page import Opening, SharedPage
from petri.viewer.sharing import Wanted, shared_runs


async def write_report(
    run: Run, report: Report, path: Path, *, told: Callable[[str, int, int], None]
) -> Written:
    """Write the page, whole or not at all, with all transcripts of the run in it; gives what was written.

    Of a set of verdicts, the page holds the run that it is about too. Secrets and this machine's names are taken out.
    ``told`` is told of every audit. Raises what ``shared_runs`` raises, ``NothingToRun`` where nothing is recorded, and
    ``OSError`` where the disk has no room.
    """
    cleaner, tally = Cleaner(), Tally()
    with whole_file(path) as out, page(out, cleaner.ours(f"Report on {report.run.id}")) as routes:
        writer = SharedPage(routes, cleaner, Opening(report, run.folder))
        async with shared_runs(run.judged, Wanted()) as opened:
            for shared in opened:
                await write_run(shared, [writer], tally, told)
        if not tally.written:
            raise NothingToRun(f"{run.id}: nothing is recorded that could be written")
        await writer.end(tally.unreadable)
    return Written(path, size_of(path), tally.written, cleaner.removed, tally.unreadable)
