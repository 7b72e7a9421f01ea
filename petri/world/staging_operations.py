"""What only whoever sets up a world may do: put things there as if they had always been, with times of the past."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from petri.errors import WorldError
from petri.world.disk import Stamp
from petri.world.mail import INBOX, Draft, file_mail
from petri.world.operation import Arguments, Done, Operation, Words
from petri.world.paths import parent
from petri.world.state import Person, World


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_aware)]


class StagedFile(Arguments):
    """Arguments of stage.file."""

    path: Words
    content: Words
    modified: Moment | None = None
    owner: Words | None = None


class StagedMail(Arguments):
    """Arguments of stage.mail."""

    sender: Words
    subject: Words = ""
    body: Words
    to: Words | None = None
    date: Moment | None = None
    mailbox: Words = INBOX


class StagedPerson(Arguments):
    """Arguments of stage.person."""

    name: Annotated[Words, Field(min_length=1)]
    email: Annotated[Words, Field(min_length=1)]
    role: Words = ""


class StagedIdentity(Arguments):
    """Arguments of stage.identity."""

    user: Annotated[Words, Field(min_length=1)]
    host: Words | None = None


def _file(world: World, given: StagedFile) -> Done:
    path = world.resolve(given.path)
    stamp = Stamp(_past(world, given.modified), given.owner or world.user)
    disk = world.disk
    if disk.find(parent(path)) is None:
        disk = disk.make_folders(parent(path), stamp)
    return Done(replace(world, disk=disk.write(path, given.content, stamp)), f"{path} is there")


def _mail(world: World, given: StagedMail) -> Done:
    to = given.to or world.myself.email
    draft = Draft(given.sender, (to,), " ".join(given.subject.split()), given.body)
    mail = file_mail(world.mail, draft, given.mailbox, _past(world, given.date))
    return Done(replace(world, mail=mail), f"message {mail[-1].id} is in {given.mailbox}")


def _person(world: World, given: StagedPerson) -> Done:
    others = tuple(each for each in world.people if each.email.casefold() != given.email.casefold())
    known = (*others, Person(given.name, given.email, given.role))
    return Done(replace(world, people=known), f"{given.name} is known")


def _identity(world: World, given: StagedIdentity) -> Done:
    host = given.host or world.host
    return Done(replace(world, user=given.user, host=host), f"the user is {given.user} on {host}")


def _past(world: World, moment: datetime | None) -> datetime:
    """Give a moment that is over; left out, now."""
    if moment is not None and moment > world.now:
        raise WorldError(f"{moment.isoformat()} is yet to come; it is {world.now.isoformat()}")
    return world.now if moment is None else moment.astimezone(world.now.tzinfo)


STAGING_OPERATIONS: Final = (
    Operation("stage.file", StagedFile, _file),
    Operation("stage.mail", StagedMail, _mail),
    Operation("stage.person", StagedPerson, _person),
    Operation("stage.identity", StagedIdentity, _identity),
)
