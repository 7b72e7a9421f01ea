"""What has changed since a run was planned: then its audits would no longer be of one kind."""

from collections.abc import Mapping, Sequence

from petri.errors import UsageError
from petri.transcript.planned import FileDigest, RunFile

_MOST_NAMED = 5


def require_unchanged(before: RunFile, now: RunFile) -> None:
    """Raise ``UsageError`` naming what is not what it was when the run was planned."""
    changed = [
        *_files("", before.files, now.files),
        *_files("rubric ", before.rubrics, now.rubrics),
        *_digests(before.prompts, now.prompts),
    ]
    planned = {audit.id for audit in now.audits}
    lost = [audit.id for audit in before.audits if audit.id not in planned]
    if lost and not changed:
        named = ", ".join(lost[:_MOST_NAMED])
        changed = [f"{len(lost)} planned audits would no longer be planned ({named})"]
    if changed:
        more = len(changed) - _MOST_NAMED
        named = "; ".join(changed[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
        raise UsageError(
            f"{before.id} cannot go on, for its audits would not be of one kind: {named}. Put back what was there, or "
            "begin a new run of the same plan with --fork"
        )


def _files(kind: str, before: Sequence[FileDigest], now: Sequence[FileDigest]) -> list[str]:
    return _differences(
        {f"{kind}{file.path}": file.sha256 for file in before},
        {f"{kind}{file.path}": file.sha256 for file in now},
    )


def _digests(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return _differences(
        {f"the prompt {name}": digest for name, digest in before.items()},
        {f"the prompt {name}": digest for name, digest in now.items()},
    )


def _differences(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [
        *(f"{name} is gone" for name in before if name not in now),
        *(f"{name} is new" for name in now if name not in before),
        *(f"{name} has changed" for name in before if name in now and before[name] != now[name]),
    ]
