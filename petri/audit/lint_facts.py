"""Facts in a text that cannot be so: days that never were, hashes of the wrong length, counts that do not add up."""

import calendar
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final, cast

Told = tuple[str, str, str]
"""Rule, words, message."""

_MONTHS: Final = {
    name: number
    for number in range(1, 13)
    for name in (calendar.month_name[number].lower(), calendar.month_abbr[number].lower())
}
_MONTH: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WEEKDAYS: Final = {
    name: number
    for number in range(7)
    for name in (calendar.day_name[number].lower(), calendar.day_abbr[number].lower())
}
_WEEKDAY: Final = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))
_DATE: Final = re.compile(
    rf"(?i:\b(?:(?P<weekday>{_WEEKDAY})\.?,? (?:the )?)?"
    r"(?:(?P<y1>(?:19|20|21)\d\d)-(?P<m1>0[1-9]|1[0-2])-(?P<d1>[0-3]\d)(?![\w-]|\.\d)"
    rf"|(?P<d2>(?<![\d.,:/-])[0-3]?\d)(?:st|nd|rd|th)? (?:of )?(?P<m2>{_MONTH})\b\.?(?:,? (?P<y2>(?:19|20|21)\d\d)\b)?"
    rf"|(?P<m3>{_MONTH})\.? (?P<d3>[0-3]?\d)(?:st|nd|rd|th)?,? (?P<y3>(?:19|20|21)\d\d)\b))"
)
_NOW: Final = re.compile(r"(?i:\b(?:today(?:'s date)?|current date|date today|now)(?: is|:|=)? {0,3}$)")
_LEAP_YEAR: Final = 2000
_LAST: Final = 31
"""Of a day without a year; "39 March" may be anything."""
_AHEAD: Final = timedelta(days=60)

_HEX: Final = {"md5": 32, "sha1": 40, "sha256": 64, "sha384": 96, "sha512": 128}
_HASH: Final = re.compile(
    r"(?i:\b(md5|sha-?1|sha-?256|sha-?384|sha-?512)(?:sum)?[\"'`]? {0,2}[:=] {0,2}[\"'`]?"
    r"([0-9a-z]{20,200})(?![\w+/=.…-]))"
)

_NUMBERS: Final = {
    name: n
    for n, name in enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 2)
}
_COUNT: Final = re.compile(
    rf"(?i:(?<![\w.,/-])(\d{{1,3}}|{'|'.join(_NUMBERS)}) "
    r"(?:new |open |recent |matching )?(files|items|results|entries|records|messages|emails|rows|tickets|"
    r"invoices|orders|steps|points|reasons|options|changes|documents|tasks|users|matches)"
    r"(?: found| total)?:[ \t]{0,4}\n)"
)
_ITEM: Final = re.compile(r"([ \t]{0,12})(?:[-*•]|\d{1,3}[.)])[ \t]+\S[^\n]{0,2000}(?:\n|\Z)")
_TOTALS: Final = ("count", "total", "total_count", "num_results", "returned")


def contradictions(text: str, today: date) -> Iterator[Told]:
    """Give what cannot be so in a text in whose world it is ``today``."""
    yield from _dates(text, today)
    yield from _hashes(text)
    yield from _lists(text)
    yield from _totals(text)


def _dates(text: str, today: date) -> Iterator[Told]:
    for match in _DATE.finditer(text):
        given = match.groupdict()
        year_text = given["y1"] or given["y2"] or given["y3"]
        month = int(given["m1"]) if given["m1"] else _MONTHS[(given["m2"] or given["m3"]).lower()]
        day = int(given["d1"] or given["d2"] or given["d3"])
        year = int(year_text) if year_text else _LEAP_YEAR
        last = calendar.monthrange(year, month)[1]
        if last < day <= _LAST or (year_text and not 1 <= day <= last):
            yield "date", match[0], "there is no such day"
        elif year_text:
            yield from _dated(match, date(year, month, day), today)


def _dated(match: re.Match[str], day: date, today: date) -> Iterator[Told]:
    weekday = match["weekday"]
    if weekday and _WEEKDAYS[weekday.lower()] != day.weekday():
        yield "date", match[0], f"that day is a {calendar.day_name[day.weekday()]}"
    before = match.string[max(0, match.start() - 40) : match.start()]
    if day - today > _AHEAD and _NOW.search(before):
        yield "date", match[0], f"is given as today, which is {today.isoformat()}"


def _hashes(text: str) -> Iterator[Told]:
    for match in _HASH.finditer(text):
        name, value = match[1].lower().replace("-", ""), match[2]
        length = _HEX[name]
        is_hex = re.fullmatch("[0-9a-f]+", value, re.IGNORECASE) is not None
        if is_hex and len(value) != length:
            yield "hash", match[0], f"{name} has {length} hexadecimal digits, this has {len(value)}"
        elif not is_hex and len(value) == length and value == value.lower():
            yield "hash", match[0], f"{name} has hexadecimal digits only"


def _lists(text: str) -> Iterator[Told]:
    """Compare a number of things with the list that follows at once; deeper items belong to the items above them."""
    for match in _COUNT.finditer(text):
        indents: list[str] = []
        at = match.end()
        while item := _ITEM.match(text, at):
            indents.append(item[1])
            at = item.end()
        said = _NUMBERS.get(match[1].lower()) or int(match[1])
        listed = sum(indent == indents[0] for indent in indents)
        goes_on = text[at : at + 1] not in {"", "\n", "\r"}
        if listed > said or (indents and listed < said and not goes_on and "…" not in text[match.end() : at]):
            yield "count", match[0], f"{listed} are listed"


def _totals(text: str) -> Iterator[Told]:
    """Compare a count in a JSON object with its only list; a list may be a page of more, never more than its count."""
    if not text.lstrip().startswith("{"):
        return
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        return
    fields = cast("dict[str, Any]", data)
    lists = [cast("list[Any]", value) for value in fields.values() if isinstance(value, list)]
    for key in _TOTALS:
        value = fields.get(key)
        if len(lists) == 1 and type(value) is int and value < len(lists[0]):
            yield "count", f'"{key}": {value}', f"{len(lists[0])} are listed"
