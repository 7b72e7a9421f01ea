"""A sample that goes on with an audit: its record is found, or it begins anew and says why."""

from pathlib import Path

from anyio import to_thread
from inspect_ai.log import transcript
from inspect_ai.model import Model
from inspect_ai.solver import TaskState

from petri.audit.players import abilities
from petri.audit.replay import SOURCE, Past, Replayed, read_past
from petri.audit.session import Session
from petri.errors import Diverged, UnreadableLog
from petri.transcript.resumed import Place, Resumed
from petri.transcript.store import read_samples


async def find_past(state: TaskState, folder: Path) -> Past | None:
    """Give what is recorded of the audit that a sample goes on with; None where it begins."""
    resumed = Resumed.of_metadata(state.metadata)
    if resumed is None:
        return None
    past = None if resumed.past is None else await to_thread.run_sync(_read, resumed.past, folder)
    if past is None:
        begin_anew(None)
    return past


def _read(place: Place, folder: Path) -> Past | None:
    (sample,) = read_samples(folder / place.log, [(place.sample, place.epoch)])
    if place.uuid is not None and sample.uuid != place.uuid:
        raise UnreadableLog(f"{place.log}: sample {place.sample} is another than the one to go on from")
    return read_past(sample.events)


def begin_anew(why: str | None) -> None:
    """Record that a sample's own record begins here, and why it does not go on from an earlier one."""
    begun = Replayed(restarted=why)
    transcript().info(begun.model_dump(mode="json", exclude_none=True), source=SOURCE)


def require_repeatable(session: Session, target: Model) -> None:
    """Raise ``Diverged`` on the way back where what happened cannot be made to have happened again."""
    if not session.is_replaying:
        return
    if session.cell.audit.tools == "sandbox":
        raise Diverged("what real tools did went with their sandbox")
    if not abilities(target).rollback:
        raise Diverged("the target is a program with a memory of its own, which went with its process")
