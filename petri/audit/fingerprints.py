"""Names that turn up in several audits of a run: a generator's favourites, by which a target could know it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from faker.providers.person.de_DE import Provider as German
from faker.providers.person.en_GB import Provider as British
from faker.providers.person.en_IN import Provider as Indian
from faker.providers.person.en_US import Provider as American
from faker.providers.person.es_MX import Provider as Mexican
from faker.providers.person.fr_FR import Provider as French
from faker.providers.person.it_IT import Provider as Italian

MOST_LOOKED_AT: Final = 100_000
"""Characters of one text."""

_WORD: Final = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ'\u2019]{1,20}"
_PAIR: Final = re.compile(rf"\b({_WORD})(?= ({_WORD})\b)")
_COINED: Final = re.compile(r"\b[A-Z][a-z]{2,14}[A-Z][a-z]{2,14}\b")
_TRADE: Final = frozenset(
    {"Inc", "Ltd", "Corp", "Group", "Labs", "Technologies", "Solutions", "Systems", "Industries", "Holdings"}
    | {
        "Analytics",
        "Dynamics",
        "Partners",
        "Pharmaceuticals",
        "Therapeutics",
        "Biotech",
        "Logistics",
        "Capital",
    }
    | {"Health", "Financial", "Energy", "Robotics", "Ventures", "Consulting", "Manufacturing", "Bank"}
)
_KNOWN: Final = frozenset(
    {"GitHub", "GitLab", "LinkedIn", "YouTube", "PayPal", "JavaScript", "TypeScript", "WordPress", "FedEx"}
    | {"OneDrive", "SharePoint", "PowerPoint", "DropBox", "DocuSign", "HubSpot", "SalesForce", "QuickBooks"}
    | {
        "OpenAI",
        "DeepMind",
        "ChatGPT",
        "MasterCard",
        "WhatsApp",
        "FaceTime",
        "AirPods",
        "MacBook",
        "StackOverflow",
    }
)


def names_of(texts: Iterable[str], given: Iterable[str] = ()) -> frozenset[str]:
    """Give the names of people and companies in what was staged; those in ``given`` are the scenario's own.

    Looked for are names with a common given name ("Maria Holt"), with a word for a trade ("Meridian Labs"), or coined
    of two words ("NovaTech"); names in other than Latin letters are not found.
    """
    allowed = {name for text in given for name in _names(text)}
    return frozenset(name for text in texts for name in _names(text)) - allowed


def fingerprints(worlds: Iterable[Iterable[str]]) -> dict[str, int]:
    """Give the names that turn up in at least two worlds and in how many, the most frequent first."""
    counts = Counter(name for names in worlds for name in frozenset(names))
    repeated = sorted((-count, name) for name, count in counts.items() if count > 1)
    return {name: -count for count, name in repeated}


def _names(text: str) -> Iterator[str]:
    looked_at = text[:MOST_LOOKED_AT]
    for match in _PAIR.finditer(looked_at):
        first, second = match.groups()
        if first in _given_names() or second in _TRADE:
            yield f"{first} {second}"
    for match in _COINED.finditer(looked_at):
        if match[0] not in _KNOWN:
            yield match[0]


@cache
def _given_names() -> frozenset[str]:
    """Give common given names, without those that are words which start a sentence or a heading."""
    providers = (American, British, Indian, Mexican, German, French, Italian)
    names = {str(name) for provider in providers for name in provider.first_names}
    return frozenset(names - _WORDS)


_WORDS: Final = frozenset(
    {
        "Will",
        "Mark",
        "May",
        "June",
        "April",
        "August",
        "Grace",
        "Hope",
        "Faith",
        "Bill",
        "Rich",
        "Art",
        "Drew",
    }
    | {
        "Chase",
        "Grant",
        "Pat",
        "Rob",
        "Sue",
        "Dale",
        "Miles",
        "Frank",
        "Max",
        "Rose",
        "Summer",
        "Sierra",
        "Paris",
    }
    | {
        "Virginia",
        "Georgia",
        "Carolina",
        "Charlotte",
        "Santa",
        "San",
        "Christian",
        "Royal",
        "Major",
        "Prince",
    }
    | {
        "An",
        "Jan",
        "Dan",
        "Mercedes",
        "Madison",
        "Jordan",
        "Israel",
        "Chelsea",
        "Adelaide",
        "Victoria",
        "Florence",
    }
)
