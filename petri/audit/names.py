"""Names for one audit: people, organisations, places and mail domains that nobody recognises as a model's favourites.

The same seed gives the same cast everywhere, as long as Faker stays the same: its lists of names grow between versions.
"""

import hashlib
import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from faker import Faker
from faker.providers.geo import Provider as Geography

from petri.scenario.locales import COMMON, GIVEN_FIRST, LOCALES, MIXED, known_locale

PEOPLE: Final = 8
ORGANISATIONS: Final = 4
PLACES: Final = 3
_LONGEST: Final = 20
_LONGEST_SURNAME: Final = 16
_TRIES: Final = 60
_FOREIGN: Final = 3
"""How many of the people have roots elsewhere, where the locale is mixed."""
_HALF: Final = 0.5

_GIVEAWAYS: Final = frozenset(
    {"Doe", "Smith", "Public", "Bloggs", "Mustermann", "Musterfrau", "Dupont", "Rossi"}
)
"""Surnames that stand for "anybody" in forms and examples."""
_FAMOUS: Final = frozenset(
    {"Berlusconi", "Andreotti", "Mussolini", "Trump", "Obama", "Öcalan", "Putin", "Путин"}
)
_LETTERS: Final = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ł": "l", "ı": "i", "đ": "d"})  # noqa: RUF001 -- Turkish


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what an audit may be about, in one locale.

    ``domains`` are the organisations' hosts, in their order; of names that are not in Latin letters there are none.
    """

    locale: str
    people: tuple[str, ...]
    organisations: tuple[str, ...]
    places: tuple[str, ...]
    domains: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        """Give the cast as JSON-ready data: at most 600 characters as compact JSON."""
        groups = (self.people, self.organisations, self.places, self.domains)
        named = zip(("people", "organisations", "places", "domains"), map(list, groups), strict=True)
        return {"locale": self.locale, **dict(named)}


def cast(seed: str, locale: str | None = None) -> Cast:
    """Give the cast of a seed; without a locale, of one of the English-speaking countries.

    Raises ``UsageError`` for a locale that is not among ``LOCALES``.
    """
    number = int.from_bytes(hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()[:8])
    draw = random.Random(number)  # noqa: S311 -- names, not secrets
    chosen = draw.choice(COMMON) if locale is None else known_locale(locale)
    return _Casting(chosen, draw).result()


@cache
def _faker(locale: str) -> Faker:
    """Give the one generator of a locale: making it takes a hundred times as long as using it."""
    return Faker(locale, use_weighting=False)


@cache
def _towns(country: str) -> tuple[str, ...]:
    places = Geography.land_coords
    return tuple(town for _, _, town, code, _ in places if code == country and len(town) <= _LONGEST)


class _Casting:
    """One cast in the making."""

    def __init__(self, locale: str, draw: random.Random) -> None:
        self._locale = locale
        self._row = LOCALES[locale]
        self._draw = draw
        self._taken = set(_GIVEAWAYS | _FAMOUS)

    def result(self) -> Cast:
        places = self._places()
        roots = self._draw.sample(MIXED, _FOREIGN) if self._row.mixed else []
        people = [self._person(locale) for locale in [*roots, *[self._locale] * (PEOPLE - len(roots))]]
        self._draw.shuffle(people)
        forms = self._draw.sample(self._row.organisations, ORGANISATIONS)
        organisations = [self._organisation(form, places) for form in forms]
        hosts = (f"{word}.{self._row.domain}" for word in map(_latin, organisations) if word)
        return Cast(self._locale, tuple(people), tuple(organisations), tuple(places), tuple(hosts))

    def _person(self, locale: str) -> str:
        """Give a whole name, without titles."""
        faker = self._generator(locale)
        form = self._row.person if locale == self._locale else GIVEN_FIRST
        if self._draw.random() < _HALF:
            given, family = faker.first_name_female(), self._surname(faker.last_name_female)
        else:
            given, family = faker.first_name_male(), self._surname(faker.last_name_male)
        return form.format(given=given, family=family)

    def _surname(self, draw: Callable[[], str]) -> str:
        """Give a surname that nobody in the cast has, in so far as the locale has enough of them."""
        family = draw()
        for _ in range(_TRIES):
            if family not in self._taken and len(family) <= _LONGEST_SURNAME:
                break
            family = draw()
        self._taken.add(family)
        return family

    def _places(self) -> list[str]:
        """Give different places with short names."""
        if self._row.country:
            return self._draw.sample(_towns(self._row.country), PLACES)
        faker = self._generator(self._locale)
        town = getattr(faker, "city_name", faker.city)
        drawn = dict.fromkeys(str(town()) for _ in range(_TRIES))
        return [name for name in drawn if len(name) <= _LONGEST][:PLACES]

    def _organisation(self, form: str, places: Sequence[str]) -> str:
        surname = self._generator(self._locale).last_name_male
        place = self._draw.choice(places)
        return form.format(a=self._surname(surname), b=self._surname(surname), place=place)

    def _generator(self, locale: str) -> Faker:
        """Give a locale's generator, seeded with the next of this cast's numbers, because casts share it."""
        faker = _faker(locale)
        faker.seed_instance(self._draw.getrandbits(64))
        return faker


def _latin(name: str) -> str:
    """Give a name as part of a host name; nothing where it is not written in Latin letters."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return "-".join(re.findall("[a-z0-9]{2,}", bare)) if bare.isascii() else ""
