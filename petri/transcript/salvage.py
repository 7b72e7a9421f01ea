"""Logs of a process that was killed, made whole: what it had not yet written lies in Inspect's sample buffer."""

import shutil
import sqlite3
from functools import partial
from typing import Final

from inspect_ai.log import RecoveryNotAvailable, recover_eval_log

from petri.transcript.folders import Run
from petri.transcript.store import elsewhere, read_any_header

_WORKSHOP: Final = ".recovering"
_DRAFTS: Final = ("*.part", ".inspect_tmp_*.writing")
"""What is being written, by us and by Inspect, before it is put in place: a killed process leaves it behind."""


def salvage(run: Run) -> int:
    """Put into a run's logs what their process could not write before it was killed; give how many were mended.

    A log is replaced by its whole copy in one step, so that being killed again loses nothing. Only for whoever holds
    the run's lock: a log that is still being written looks like one whose process was killed.
    """
    for draft in (path for pattern in _DRAFTS for path in run.folder.glob(pattern)):
        draft.unlink()
    workshop = run.folder / _WORKSHOP
    mended = 0
    try:
        for log in run.logs():
            if read_any_header(log).status != "started":
                continue
            workshop.mkdir(exist_ok=True)
            whole = workshop / log.name
            whole.unlink(missing_ok=True)
            try:
                elsewhere(partial(recover_eval_log, str(log), output=str(whole), cleanup=False))
            except RecoveryNotAvailable:
                continue  # all that there was is in the log
            except sqlite3.Error:
                continue  # the buffer is damaged and stays where it is; what the log holds is whole
            whole.replace(log)
            mended += 1
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return mended
