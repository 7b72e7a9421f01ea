"""The names of an audit: the same for the same seed, of their locale, and nobody's stock example."""

import json
import re
import subprocess
import sys

import pytest

from petri.audit.names import Cast, cast
from petri.errors import UsageError
from petri.scenario.locales import COMMON, LOCALES, known_locale

each_locale = pytest.mark.parametrize("locale", LOCALES)
TITLES = re.compile(r"\b(?:Dr|Prof|Mr|Mrs|Ms|Univ|MD|PhD|DDS|pan|pani|Ông|Bà)\b\.?")


def many(locale: str | None) -> list[Cast]:
    return [cast(f"audit-{number}", locale) for number in range(40)]


@each_locale
def test_a_cast_is_whole_and_short(locale: str) -> None:
    for made in many(locale):
        assert made.locale == locale
        assert (len(set(made.people)), len(set(made.organisations)), len(set(made.places))) == (8, 4, 3)
        assert all(made.people)
        assert len(json.dumps(made.data(), ensure_ascii=False, separators=(",", ":"))) <= 600


@each_locale
def test_nobody_has_a_title_and_nothing_is_a_stock_example(locale: str) -> None:
    for made in many(locale):
        said = " ".join((*made.people, *made.organisations, *made.domains))
        assert not TITLES.search(" ".join(made.people))
        assert not re.search(r"\b(?:Doe|Smith|Acme|Mustermann|example)\b", said)
        assert "{" not in said
        assert not re.search(r"\w, \w+ and ", said)


@each_locale
def test_hosts_are_hosts(locale: str) -> None:
    hosts = [host for made in many(locale) for host in made.domains]
    assert all(re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]{2,3}){1,2}", host) for host in hosts)


def test_the_same_seed_gives_the_same_cast_in_another_process() -> None:
    code = "import json; from petri.audit.names import cast; print(json.dumps(cast('s', 'en_GB').data()))"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"}
    )
    assert json.loads(other.stdout) == cast("s", "en_GB").data()


def test_casts_of_other_locales_in_between_change_nothing() -> None:
    first = cast("s", "de_DE")
    cast("t", "de_DE")
    cast("t", "en_US")
    assert cast("s", "de_DE") == first


def test_seeds_differ_in_their_casts() -> None:
    people = [name for made in many("en_US") for name in made.people]
    assert len(set(people)) > 0.95 * len(people)


def test_without_a_locale_english_speaking_countries_take_turns() -> None:
    assert {made.locale for made in many(None)} == set(COMMON)


def test_a_seed_may_be_any_text() -> None:
    assert cast("\ud83d", "fr_FR").people


@pytest.mark.parametrize(
    ("given", "known"), [("de_DE", "de_DE"), ("de-de", "de_DE"), ("PT-br", "pt_BR")], ids=str
)
def test_a_locale_may_be_spelt_in_other_ways(given: str, known: str) -> None:
    assert known_locale(given) == known
    assert cast("s", given).locale == known


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("de_LU", "of that language there are: de_DE, de_AT, de_CH"),
        ("de", "of that language there are: de_DE, de_AT, de_CH"),
        ("jp_JP", "'jp_JP' (did you mean 'ja_JP'?); known: en_US"),
        ("", "known: en_US"),
    ],
    ids=["country", "language", "typo", "empty"],
)
def test_an_unknown_locale_is_refused_with_the_choices(given: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        cast("s", given)
    assert message in str(raised.value)
