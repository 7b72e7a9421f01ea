"""Searching the texts of the index: what a person types is words, never a query language."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from petri.viewer.index import SHIFT, Index, forget_texts

_LONGEST_QUERY: Final = 400
_MOST_WORDS: Final = 24
_LONGEST_TEXT: Final = 200_000
"""Characters of a message that can be searched: what is longer is data, and would make a search slow."""
_SHORTEST_BEGINNING: Final = 2
"""Letters of a word's beginning: one letter begins too many words."""
_SNIPPET: Final = 24
"""Tokens of a snippet."""
_AROUND: Final = 60
"""Characters before and after what was found, where there are no words to count."""
_OF_EACH: Final = 3
"""Snippets of one audit, at most."""

_OPEN: Final = "\x02"
_CLOSE: Final = "\x03"
_BREAKS: Final = str.maketrans({_OPEN: "\ufffd", _CLOSE: "\ufffd"})

_SIGNS: Final = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9d\U00020000-\U0003ffff"
)
"""Thai, Lao, Tibetan, Burmese, Khmer, kana and Han: scripts that have no spaces between words."""
_BORDER: Final = "x"
"""Stands between letters that do not touch."""
_SIGN_RUN: Final = re.compile(rf"[{_SIGNS}]+")
_TERM: Final = re.compile(r'"([^"]*)"?|([^\s"]+)')


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for, as the index is asked for it."""

    match: str
    signs: tuple[str, ...]
    """The words of it that are in scripts without spaces; only what has them letter by letter is shown."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A message in which something was found."""

    run: str
    audit: str
    label: str
    role: str
    origin: str
    parts: tuple[str, ...]
    """Every second one is what was looked for."""


def parse(text: str) -> Query | str:
    """Give the query, or why there is none; every word must be there, the last as a beginning, phrases as they are."""
    if len(text) > _LONGEST_QUERY:
        return f"this is too long to look for: at most {_LONGEST_QUERY} characters"
    # A text of SQLite's query language ends at a NUL.
    found = [(phrase or word, bool(word)) for phrase, word in _TERM.findall(text.replace("\0", " "))]
    terms = [(term, loose) for term, loose in found if any(map(_is_letter, term))]
    if not terms:
        return "there is no letter or digit to look for"
    if len(terms) > _MOST_WORDS:
        return f"these are too many words: at most {_MOST_WORDS}"
    parts = [
        part
        for number, (term, loose) in enumerate(terms)
        for part in _parts(term, loose and number == len(terms) - 1)
    ]
    signs = (run for term, _ in terms for run in _SIGN_RUN.findall(term))
    return Query(" AND ".join(parts), tuple(signs))


def _parts(term: str, begins: bool) -> Iterator[str]:  # noqa: FBT001 -- whether it is a word's beginning
    """Yield a term as the index has it: letters without spaces between words each on their own, and the rest."""
    for run in _SIGN_RUN.findall(term):
        yield f'signs : "{" ".join(run)}"'
    rest = [part for part in _SIGN_RUN.split(term) if any(map(_is_letter, part))]
    for part in rest:
        yield f'text : "{part}"{"*" if begins and len(part) >= _SHORTEST_BEGINNING else ""}'


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LN" or unicodedata.category(char) == "Co"


def put_texts(
    index: Index, run: str, audit: str, messages: Sequence[Sequence[str]], hit_turn: int | None
) -> None:
    """Put what an audit's messages say, each with its label, role and origin, in the place of what was known."""
    with index.writing() as db:
        known = db.execute("select number from audits where run = ? and key = ?", (run, audit)).fetchone()
        if known is None:
            return  # gone while it was read
        number = known[0]
        forget_texts(db, number)
        for place, (label, role, origin, text) in enumerate(messages):
            at = (number << SHIFT) + place
            kept = text[:_LONGEST_TEXT].translate(_BREAKS)
            signs = f" {_BORDER} ".join(" ".join(found) for found in _SIGN_RUN.findall(kept))
            db.execute("insert into said values (?,?,?,?)", (at, label, role, origin))
            db.execute("insert into words (rowid, text, signs) values (?,?,?)", (at, kept, signs))
        db.execute(
            "update audits set read = 1, hit_turn = ?, fault = null where number = ?", (hit_turn, number)
        )


def find(index: Index, query: Query, runs: Iterable[str] = ()) -> list[tuple[int, str, str, int]]:
    """Give number, run, audit and messages of each audit with a find, most finds first; of these runs, or of all."""
    chosen = list(runs)
    among = f" where audits.run in ({','.join('?' * len(chosen))})" if chosen else ""
    statement = (
        f"select audits.number, audits.run, audits.key, found.messages from (select rowid >> {SHIFT} as number, "  # noqa: S608 -- no value is in it
        "count(*) as messages from words where words match ? group by 1) as found join audits using (number)"
        f"{among} order by found.messages desc, audits.number"
    )
    with index.reading() as db:
        return db.execute(statement, (query.match, *chosen)).fetchall()


def snippets(index: Index, query: Query, found: Sequence[tuple[int, str, str, int]], limit: int) -> list[Hit]:
    """Give so many snippets of these finds at most, a few of each audit."""
    chosen = {number: (run, audit) for number, run, audit, _ in _enough(found, limit)}
    # Adding nothing to the row's number keeps SQLite from looking all words up again for each of these rows.
    rows = f"select rowid from words where words match ? and ((rowid + 0) >> {SHIFT}) in (select value from json_each(?))"  # noqa: S608, E501 -- no value is in it
    texts = (
        "select words.rowid, label, role, origin, snippet(words, 0, ?, ?, '…', ?), text "
        "from words join said on number = words.rowid "
        "where words match ? and (words.rowid + 0) in (select value from json_each(?))"
    )
    with index.reading() as db:
        messages: dict[int, list[int]] = {number: [] for number in chosen}
        for (row,) in db.execute(rows, (query.match, json.dumps([*chosen]))):
            messages[row >> SHIFT].append(row)
        wanted = [row for among in messages.values() for row in sorted(among)[:_OF_EACH]][:limit]
        shown = {
            row: (label, role, origin, _signs_in(text, query.signs) or _marked(snippet))
            for row, label, role, origin, snippet, text in db.execute(
                texts, (_OPEN, _CLOSE, _SNIPPET, query.match, json.dumps(wanted))
            )
        }
    return [Hit(*chosen[row >> SHIFT], *shown[row]) for row in wanted]


def _enough(found: Sequence[tuple[int, str, str, int]], limit: int) -> Iterator[tuple[int, str, str, int]]:
    """Yield as many of the finds as have so many snippets."""
    count = 0
    for each in found:
        if count >= limit:
            return
        count += min(each[-1], _OF_EACH)
        yield each


def _marked(snippet: str) -> tuple[str, ...]:
    return tuple(re.split(f"[{_OPEN}{_CLOSE}]", snippet))


def _signs_in(text: str, signs: Sequence[str]) -> tuple[str, ...]:
    """Give the surroundings of the first of these words in a text; nothing where there are none to be found."""
    places = [(text.find(sign), len(sign)) for sign in signs if sign in text]
    if not places:
        return ()
    at, length = min(places)
    before, after = text[max(at - _AROUND, 0) : at], text[at + length : at + length + _AROUND]
    return ("…" if at > _AROUND else "") + before, text[at : at + length], after
