"""Logs of a process that was killed, made whole: what it had not yet written lies in Inspect's sample buffer."""

import shutil
from functools import partial

from inspect_ai.log import RecoveryNotAvailable, recover_eval_log

from petri.transcript.store import Run, elsewhere, read_any_header

_WORKSHOP = ".recovering"


def salvage(run: Run) -> int:
    """Put into a run's logs what their process could not write before it was killed; give how many were mended.

    A log is replaced by its whole copy in one step, so that being killed again loses nothing. Only for whoever holds
    the run's lock: a log that is still being written looks like one whose process was killed.
    """
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
            whole.replace(log)
            mended += 1
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return mended
