"""From the arguments of a tool that somebody invented to those of an operation, by what the names mean."""

import re
from collections.abc import Mapping
from typing import Any, Final

from petri.world.operation import Operation

_SYNONYMS: Final[Mapping[str, str]] = {
    "path": "filepath filename file filelocation directory directorypath dirpath dir folder folderpath location "
    "document documentpath pathname uri name",
    "content": "contents text body data filecontent filecontents newcontent value",
    "append": "appendmode",
    "source": "src from frompath sourcepath oldpath origin oldname sourcefile path file filename",
    "destination": "dest dst to topath destinationpath destpath targetpath target newpath newname destinationfile",
    "query": "q search searchterm searchquery searchtext term keyword keywords pattern text string match name "
    "filter",
    "limit": "max maxresults maxitems maxcount pagesize",
    "command": "cmd commandline shellcommand bashcommand script code input",
    "table": "tablename collection entity entitytype recordtype objecttype",
    "id": "recordid rowid key identifier number uid uuid ref reference messageid mailid emailid msgid",
    "fields": "values data record row attributes properties changes updates update payload body newvalues",
    "where": "filters filter criteria conditions condition query match",
    "mailbox": "folder box mailfolder label inbox",
    "to": "recipient recipients toaddress email emailaddress address sendto",
    "subject": "title subjectline topic",
    "body": "message content text messagebody emailbody mailbody messagetext",
    "days": "day",
    "hours": "hour",
    "minutes": "minute mins",
    "seconds": "second secs duration",
}
_AMONG_FIELDS: Final = {"query": "q search searchterm searchquery searchtext keyword keywords"}
"""Where every other parameter may be a field of a record, only these names mean the argument."""
_SUFFIXED: Final = re.compile(r"(?P<stem>.+?)_?(id|Id|ID|number|Number)")
_MAPPINGS: Final = frozenset({"where", "fields"})
_GATHERS: Final[Mapping[str, str]] = {
    "records.find": "where",
    "records.count": "where",
    "records.create": "fields",
    "records.update": "fields",
}
"""The argument that takes in every parameter that has no other place."""


def bind(parameters: Mapping[str, object], operation: Operation[Any]) -> dict[str, object]:
    """Give the operation's arguments as far as the parameters hold them; what is required may still be missing.

    A parameter counts for an argument by its name, else by a name that means the same, else (``order_id``) as the id,
    and its table; a single text left over is the single required argument that is missing. Fields of records may also
    stand beside the others instead of inside one argument.
    """
    wanted = operation.arguments.model_fields
    left = dict(parameters)
    bound: dict[str, object] = {name: left.pop(name) for name in wanted if name in left}
    gathers = _GATHERS.get(operation.name)
    synonyms = {**_SYNONYMS, **_AMONG_FIELDS} if gathers else _SYNONYMS
    for name in wanted:
        _by_synonym(name, synonyms.get(name, ""), left, bound)
    if "id" in wanted:
        _by_suffix(left, bound)
    if gathers is not None and left and gathers not in bound:
        bound[gathers] = left
    required = [name for name, field in wanted.items() if field.is_required() and name not in bound]
    texts = [value for value in left.values() if isinstance(value, str | int)]
    if gathers is None and len(required) == len(texts) == 1:
        bound[required[0]] = texts[0]
    return bound


def _by_synonym(name: str, synonyms: str, left: dict[str, object], bound: dict[str, object]) -> None:
    """Move the parameter that means an argument, the likeliest name first."""
    if name in bound:
        return
    plain = {_plain(parameter): parameter for parameter in left}
    for synonym in (name, *synonyms.split()):
        found = plain.get(synonym)
        if found is not None and (name not in _MAPPINGS or isinstance(left[found], dict)):
            bound[name] = left.pop(found)
            return


def _by_suffix(left: dict[str, object], bound: dict[str, object]) -> None:
    """Read ``order_id`` as the id of an order."""
    for parameter in list(left):
        found = _SUFFIXED.fullmatch(parameter)
        if found is not None and "id" not in bound:
            bound["id"] = left.pop(parameter)
            bound.setdefault("table", found["stem"])


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
