"""How a world begins: the key ``world`` of a scenario file."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Final, LiteralString

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from petri.document.fields import StrictModel, Text
from petri.errors import WorldError
from petri.world.mail import MOST_MAIL
from petri.world.paths import ancestors, resolve
from petri.world.values import LONGEST, plain

_NAME: Final = r"^[A-Za-z_][A-Za-z0-9_.-]{0,63}$"
_EARLIEST, _LATEST = datetime(1971, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _moment(value: object) -> datetime:
    """Read a date and time; without an offset it is UTC."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        read = None
    if not isinstance(read, datetime):
        words = "should be a date and time such as '2026-03-02T09:15' or '2026-03-02T09:15+01:00'"
        raise PydanticCustomError("moment", words)
    moment = read if read.tzinfo is not None else read.replace(tzinfo=UTC)
    if not _EARLIEST <= moment < _LATEST:
        raise PydanticCustomError("moment", "should lie between 1971 and 2199")
    return moment


def _file_path(path: str) -> str:
    if not path.startswith(("/", "~/")):
        example = f"~/{path}"
        words = "should be an absolute path such as '/srv/app/main.py' or '{example}'"
        raise PydanticCustomError("path", words, {"example": example})
    if path.rstrip("/") != _checked(path):
        raise PydanticCustomError("path", "should be a path without '.', '..' and '//'")
    return path


def _checked(path: str) -> str:
    """Give a path in normal form, ``~`` kept, without a slash at the end."""
    try:
        whole = resolve(path.removeprefix("~"), cwd="/", home="/")
    except WorldError as fault:
        raise PydanticCustomError("path", "is no path: {fault}", {"fault": str(fault)}) from fault
    return ("~" if path.startswith("~") else "") + whole.rstrip("/")


def _home(path: str) -> str:
    if not path.startswith("/") or _checked(path) != path:
        raise PydanticCustomError("path", "should be an absolute path such as '/home/dana'")
    return path


def _id(row: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    key = row.get("id", 0)
    if isinstance(key, bool) or not isinstance(key, str | int) or key == "":
        raise PydanticCustomError("id", "should have as 'id' a text or a whole number, or no 'id' at all")
    try:
        plain(row)
    except WorldError as fault:
        raise PydanticCustomError("row", "cannot be kept: {fault}", {"fault": str(fault)}) from fault
    return row


def _distinct(rows: tuple[Mapping[str, JsonValue], ...]) -> tuple[Mapping[str, JsonValue], ...]:
    twice = _first_repeated(str(row["id"]) for row in rows if "id" in row)
    if twice is not None:
        raise PydanticCustomError("id", "has two rows with the id {id}", {"id": repr(twice)})
    return rows


def _first_repeated(values: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None


Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "examples": ["2026-03-02T09:15"]})
]
Content = Annotated[str, Field(max_length=LONGEST)]
Word = Annotated[str, Field(pattern=_NAME)]
Row = Annotated[dict[str, JsonValue], AfterValidator(_id)]


class PersonSetup(StrictModel):
    """Somebody who is known in the world."""

    name: Text
    """As people write it."""
    email: Text
    """Their address."""
    role: str = ""
    """What they do."""


class MailSetup(StrictModel):
    """A mail that is there from the start. Ids are given in the order of the list, from 1."""

    model_config = ConfigDict(serialize_by_alias=True)  # what is stored is read again as a file is

    mailbox: Word | None = None
    """`inbox` by default, and `sent` for mail from the current user."""
    sender: Text = Field(alias="from")
    """Address of the sender."""
    to: Text | tuple[Text, ...]
    """One address, or a list."""
    subject: str = ""
    """One line."""
    date: Moment | None = None
    """When it came; left out, some time before `now`, in the order of the list."""
    body: Content = ""
    """The text."""


class WorldSetup(StrictModel):
    """What the target's simulated tools find when the audit begins."""

    now: Moment | None = None
    """What the clock shows at the start; without an offset it is UTC. Left out, the day of the audit."""
    user: Word = "ubuntu"
    """Login name of the current user."""
    host: Word = "ip-10-0-4-27"
    """Name of the machine."""
    home: Annotated[str, AfterValidator(_home)] | None = None
    """The current user's folder, where the shell starts; `/home/` and the user's name by default."""
    files: dict[Annotated[str, AfterValidator(_file_path)], Content] = Field(default_factory=dict[str, str])
    """Text by absolute path; `~/` is the home folder, and a path that ends in `/` an empty folder."""
    records: dict[Word, Annotated[tuple[Row, ...], AfterValidator(_distinct)]] = Field(
        default_factory=dict[str, tuple[dict[str, JsonValue], ...]]
    )
    """Tables of rows; a row without `id` is given the next one."""
    mail: tuple[MailSetup, ...] = Field(default=(), max_length=MOST_MAIL)
    """Mail that was sent or received before."""
    people: tuple[PersonSetup, ...] = ()
    """Who is known; the person whose address begins with `user` is the current user."""

    @property
    def home_folder(self) -> str:
        """The current user's folder."""
        return self.home or f"/home/{self.user}"

    def placed_files(self) -> dict[str, str | None]:
        """Give the text of each file by its full path; of an empty folder None."""
        return {
            resolve(path, cwd="/", home=self.home_folder): None if path.endswith("/") else text
            for path, text in self.files.items()
        }

    @model_validator(mode="after")
    def _files_agree(self) -> "WorldSetup":
        """Check that no path is given twice, is both file and folder, or is a folder with text."""
        wordy = next((path for path, text in self.files.items() if path.endswith("/") and text), None)
        if wordy is not None:
            raise _fault("file {path} ends in '/', which makes it a folder; a folder has no text", wordy)
        try:
            placed = self.placed_files()
        except WorldError as fault:
            raise _fault("holds below its home {path} what is no path", self.home_folder) from fault
        if len(placed) < len(self.files):
            twice = _first_repeated(resolve(path, cwd="/", home=self.home_folder) for path in self.files)
            raise _fault("holds {path} twice among its files", str(twice))
        folders = {above for path in placed for above in ancestors(path)}
        folders |= {self.home_folder, *ancestors(self.home_folder), "/tmp"}  # noqa: S108 -- of the simulated disk
        both = next((path for path, text in placed.items() if text is not None and path in folders), None)
        if both is not None:
            raise _fault("holds {path} both as a file and as a folder", both)
        return self

    @model_validator(mode="after")
    def _times_agree(self) -> "WorldSetup":
        """Check that no mail comes from the future."""
        for number, mail in enumerate(self.mail, start=1):
            if self.now is not None and mail.date is not None and mail.date > self.now:
                words = "has as mail {number} one of {date}, after its 'now' ({now})"
                raise PydanticCustomError(
                    "mail",
                    words,
                    {"number": number, "date": mail.date.isoformat(), "now": self.now.isoformat()},
                )
        return self

    @model_validator(mode="after")
    def _people_agree(self) -> "WorldSetup":
        """Check that no two people share an address."""
        twice = _first_repeated(person.email.lower() for person in self.people)
        if twice is not None:
            words = "has two people with the address {address}"
            raise PydanticCustomError("people", words, {"address": repr(twice)})
        return self


def _fault(words: LiteralString, path: str) -> PydanticCustomError:
    return PydanticCustomError("files", words, {"path": repr(path)})
