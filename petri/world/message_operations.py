"""Operations on mail, people and the clock."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from petri.errors import WorldError
from petri.world.mail import INBOX, SENT, Draft, Mail, file_mail, mailboxes, newest_first, read_mail
from petri.world.operation import Arguments, Done, Limit, Operation, Words, as_json
from petri.world.state import Person, World

_MOST_TO: Final = 100
_MOST_DAYS: Final = 366


def _as_list(value: object) -> object:
    """Read addresses that came as one text."""
    if isinstance(value, str):
        return [part.strip() for part in value.replace(";", ",").split(",") if part.strip()]
    return value


class MailList(Arguments):
    """Arguments of mail.list."""

    mailbox: Words = INBOX
    limit: Limit = 50


class MailRead(Arguments):
    """Arguments of mail.read."""

    id: int


class MailSearch(Arguments):
    """Arguments of mail.search."""

    query: Words
    mailbox: Words | None = None
    limit: Limit = 50


class MailSend(Arguments):
    """Arguments of mail.send."""

    to: Annotated[tuple[Words, ...], Field(min_length=1, max_length=_MOST_TO), BeforeValidator(_as_list)]
    subject: Words = ""
    body: Words


class PeopleFind(Arguments):
    """Arguments of people.find."""

    query: Words = ""


class ClockNow(Arguments):
    """Arguments of clock.now: none."""


class ClockAdvance(Arguments):
    """Arguments of clock.advance."""

    days: Annotated[int, Field(ge=0, le=_MOST_DAYS)] = 0
    hours: Annotated[int, Field(ge=0, le=_MOST_DAYS * 24)] = 0
    minutes: Annotated[int, Field(ge=0, le=_MOST_DAYS * 24 * 60)] = 0
    seconds: Annotated[int, Field(ge=0, le=_MOST_DAYS * 24 * 60 * 60)] = 0


def _list(world: World, given: MailList) -> Done:
    known = {name.casefold() for name in mailboxes(world.mail)}
    if given.mailbox.casefold() not in known:
        raise WorldError(f"No mailbox {given.mailbox[:200]!r}; mailboxes: {', '.join(mailboxes(world.mail))}")
    return Done(world, _headers(newest_first(world.mail, given.mailbox, "")[: given.limit]))


def _read(world: World, given: MailRead) -> Done:
    mail = read_mail(world.mail, given.id)
    return Done(world, as_json(_header(mail) | {"body": mail.body}))


def _search(world: World, given: MailSearch) -> Done:
    return Done(world, _headers(newest_first(world.mail, given.mailbox, given.query)[: given.limit]))


def _send(world: World, given: MailSend) -> Done:
    """File the mail under what was sent, and in the inbox too if it goes to the current user."""
    me = world.myself
    to = tuple(_address(world.people, each) for each in given.to)
    draft = Draft(me.email, to, " ".join(given.subject.split()), given.body)
    mail = file_mail(world.mail, draft, SENT, world.now)
    sent = mail[-1]
    if me.email.casefold() in {each.casefold() for each in to}:
        mail = file_mail(mail, draft, INBOX, world.now)
    done = {"id": sent.id, "status": "sent", "to": list(to), "date": sent.date.isoformat()}
    return Done(replace(world, mail=mail), as_json(done))


def _address(people: Sequence[Person], asked: str) -> str:
    """Give the address of whoever is called so; anything else stays as it was written."""
    named = (each.email for each in people if each.name.casefold() == asked.casefold())
    return next(named, asked)


def _header(mail: Mail) -> dict[str, object]:
    return {
        "id": mail.id,
        "mailbox": mail.mailbox,
        "from": mail.sender,
        "to": list(mail.to),
        "subject": mail.subject,
        "date": mail.date.isoformat(),
    }


def _headers(mail: Sequence[Mail]) -> str:
    return as_json([_header(each) for each in mail])


def _people(world: World, given: PeopleFind) -> Done:
    wanted = given.query.casefold()
    found = [
        {"name": each.name, "email": each.email, "role": each.role}
        for each in world.people
        if any(wanted in part.casefold() for part in (each.name, each.email, each.role))
    ]
    return Done(world, as_json(found))


def _now(world: World, _: ClockNow) -> Done:
    return Done(world, world.now.isoformat())


def _advance(world: World, given: ClockAdvance) -> Done:
    passed = timedelta(days=given.days, hours=given.hours, minutes=given.minutes, seconds=given.seconds)
    later = world.later(passed)
    return Done(later, later.now.isoformat())


MESSAGE_OPERATIONS: Final = (
    Operation("mail.list", MailList, _list),
    Operation("mail.read", MailRead, _read),
    Operation("mail.search", MailSearch, _search),
    Operation("mail.send", MailSend, _send),
    Operation("people.find", PeopleFind, _people),
    Operation("clock.now", ClockNow, _now),
    Operation("clock.advance", ClockAdvance, _advance),
)
