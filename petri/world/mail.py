"""Mail: messages with ids that count up, in mailboxes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from petri.errors import WorldError

INBOX: Final = "inbox"
SENT: Final = "sent"
MOST_MAIL: Final = 10_000


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as it lies in a mailbox."""

    id: int
    mailbox: str
    sender: str
    to: tuple[str, ...]
    subject: str
    date: datetime
    body: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be filed."""

    sender: str
    to: tuple[str, ...]
    subject: str
    body: str


def file_mail(mail: Sequence[Mail], draft: Draft, mailbox: str, date: datetime) -> tuple[Mail, ...]:
    """Give the mail with one more, the last, under the next id."""
    if len(mail) >= MOST_MAIL:
        raise WorldError("Mailbox is full")
    made = Mail(len(mail) + 1, mailbox, draft.sender, draft.to, draft.subject, date, draft.body)
    return (*mail, made)


def read_mail(mail: Sequence[Mail], number: int) -> Mail:
    """Give the message with an id."""
    if not 1 <= number <= len(mail):
        raise WorldError(f"No message with id {number}")
    return mail[number - 1]


def newest_first(mail: Sequence[Mail], mailbox: str | None, text: str) -> list[Mail]:
    """Give the messages of a mailbox (of all, if None) that hold a text, the newest first."""
    wanted = text.casefold()
    kept = [each for each in mail if mailbox is None or each.mailbox.casefold() == mailbox.casefold()]
    kept = [each for each in kept if not wanted or any(wanted in part.casefold() for part in _parts(each))]
    return sorted(kept, key=lambda each: (each.date, each.id), reverse=True)


def mailboxes(mail: Sequence[Mail]) -> list[str]:
    """Give the names of the mailboxes; the inbox and the sent mail are always there."""
    return list(dict.fromkeys([INBOX, SENT, *(each.mailbox for each in mail)]))


def _parts(mail: Mail) -> tuple[str, ...]:
    return (mail.sender, *mail.to, mail.subject, mail.body)
