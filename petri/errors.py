"""Every exception Petri raises on purpose, and where each one ends up.

    PetriError                     one line on stderr; ``exit_code`` is the command's
    ├── UsageError          exit 2  a flag, selector or combination that cannot be meant
    │   └── InvalidFile     exit 2  one or more faults in files, all of them listed
    ├── NothingToRun        exit 5  the selection is legal and empty
    ├── RunNotFound         exit 2  no run or log under that name
    ├── RunLocked           exit 2  another process writes into the run
    ├── NotServed           exit 2  the viewer cannot be served as asked: an address, a port, a page that was not built
    ├── UnknownKey                  an address that names nothing that the viewer serves; answered as not found
    ├── DiskFull            exit 3  the disk has no room for the record; what was recorded can be resumed
    ├── UnreadableLog       exit 3  a log that is not ours, or that is damaged
    │   ├── UnreadableSample            one of its samples is damaged; the others can be read
    │   └── ReaderDied                  reading it killed the process that reads for the viewer
    ├── TreeError           exit 4  an operation that would break the conversation tree
    ├── TemplateError       exit 4  a prompt with a placeholder that is malformed or has no value
    ├── ActionError                 an auditor used a tool wrongly; answered as a tool error, never raised to a user
    ├── Diverged                    an audit does not come back to where its record says it was; it begins anew
    ├── AuditFailed                 one audit cannot go on; ends its sample, and is its error in the results
    ├── BadReply                    a provider's reply that broke off; asked for again, then the audit's error
    ├── BadMessage                  what a page sent to the viewer is no such message; answered with 400
    ├── CallTimeout                 an attempt that took too long; made again, then the audit's error
    ├── CapReached                  a cap of the run leaves no room for a call; ends the audit where it stands
    ├── ModelGivenUp                a model that no call can reach any more (key, quota, name); ends its audits
    ├── ProviderRefused             a provider turned a request away before the model spoke; becomes the audit's error
    ├── TargetFailed                a target that is a program failed; becomes the audit's error
    ├── TargetReplyError            what such a program returned is no reply; becomes the audit's error
    ├── Withheld                    what the judges said, before an annotator has answered; answered with 403
    ├── WorldError                  an operation a simulated world answers with an error; never raised to a user
    ├── TooLong                     what a judge cannot read whole nor in parts; becomes an error of that judge's
    └── JudgeReplyError             a judge's reply could not be read; asked again, then a failure that is counted

A job's error (one audit, one verdict) becomes data in that job's record. Anything else stops the command.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal


class PetriError(Exception):
    """The root of the tree above."""

    exit_code: int = 4


class UsageError(PetriError):
    """The command or file asks for something that cannot be done; nothing was spent."""

    exit_code = 2


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault in a file. ``line`` and ``col`` count from 1; 0 means the file as a whole."""

    path: str
    line: int
    col: int
    message: str

    def __str__(self) -> str:
        """Give ``path:line:col: message``, the form that editors and CI annotate."""
        return f"{self.path}:{self.line}:{self.col}: {self.message}"


class InvalidFile(UsageError):
    """Files with faults; ``faults`` holds every one found, in file order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults; the text of the error is one fault a line."""
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class NothingToRun(PetriError):
    """The selection is legal and holds no audit."""

    exit_code = 5


class RunNotFound(UsageError):
    """No run or log answers to the given name."""


class RunLocked(UsageError):
    """Another process writes into the run; the message names it."""


class NotServed(UsageError):
    """The viewer cannot be served as asked; no port is open."""


class UnknownKey(UsageError):
    """A key of a run or an audit that is not served; never shown with more than the key."""


class DiskFull(PetriError):
    """The disk has no room for the record of another call; nothing more was sent."""

    exit_code = 3


class UnreadableLog(PetriError):
    """A log that cannot be read as a record of ours."""

    exit_code = 3


class UnreadableSample(UnreadableLog):
    """A sample that cannot be read, in a log whose others may be whole."""


class ReaderDied(UnreadableLog):
    """A log that the process which reads for the viewer did not survive; another one goes on."""


class IndexLost(UnreadableLog):
    """The viewer's index was damaged or could not be written; it is empty now, and is filled anew from the logs."""


class TreeError(PetriError):
    """An operation that would make the conversation tree illegal."""


class TemplateError(PetriError):
    """A text with a placeholder that is malformed or has no value."""


class ActionError(PetriError):
    """An auditor's action that cannot be carried out; the message says what would be right."""


class WorldError(PetriError):
    """What a system would say instead of doing what was asked, such as ``No such file or directory``."""


class Diverged(PetriError):
    """Replaying an audit led elsewhere than its record; it cannot go on, and begins anew."""


class AuditFailed(PetriError):
    """One audit cannot go on; its neighbours do."""


class BadReply(PetriError):
    """A provider's reply that broke off in the middle, with status 200 and no error of its own."""


class CallTimeout(PetriError):
    """An attempt of a call that took longer than an attempt may."""


class CapReached(PetriError):
    """A cap of the run leaves no room for a call; ``cap`` is which one: cost, tokens or time."""

    def __init__(self, message: str, cap: Literal["cost", "tokens", "time"], limit: float) -> None:
        """Keep the cap and what it was set to beside what is said of it."""
        self.cap: Final = cap
        self.limit: Final = limit
        super().__init__(message)


class ModelGivenUp(PetriError):
    """A model is not called again in this run; ``kind`` is that of the failure that showed why, such as ``auth``."""

    def __init__(self, message: str, kind: str) -> None:
        """Keep the kind beside the message."""
        self.kind: Final = kind
        super().__init__(message)


class ProviderRefused(PetriError):
    """A provider filtered a request before its model said anything; its text is no word of the model's."""


class TargetFailed(PetriError):
    """A target that is a program of the user's (a function, an agent, a command) raised, crashed or cannot go on."""


class TargetReplyError(PetriError):
    """What a target's program returned is no reply; the message says what would be one."""


class TooLong(PetriError):
    """A transcript that does not fit a judge's context, and cannot be cut so that it does."""


class JudgeReplyError(PetriError):
    """A judge's reply that does not parse; ``status`` is what its dimensions become if it stays so."""

    def __init__(self, message: str, status: str = "unparsable") -> None:
        """Keep the score status beside the fault."""
        self.status = status
        super().__init__(message)


class BadMessage(PetriError):
    """What a request holds is no such message; the text says what would be one."""


class Withheld(PetriError):
    """What an annotator may not see yet; the text says when."""
