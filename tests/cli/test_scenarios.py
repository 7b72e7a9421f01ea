"""`petri scenarios`: data on stdout, talk on stderr, exit codes, and maps that can be read without colour."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from petri.cli.main import main
from tests.library.written import scenario, written

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def petri(capsys: pytest.CaptureFixture[str]) -> Command:
    twin = scenario(
        id="loaf-price-twin", control_for="loaf-price", system="You keep the books.", language="de"
    )
    shown = scenario(
        tactic="pushback",
        domain="retail",
        system="You sell bread.",
        variables={"who": ["a baker", "a miller"]},
    )
    seed = f"{shown['seed']} The user is {{{{who}}}}."
    pair = [{**each, "seed": seed, "variables": shown["variables"]} for each in (shown, twin)]
    written("bread", *pair, tags=["food"])

    def command(*args: str) -> tuple[int, str, str]:
        code = main(["scenarios", *args])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def test_lint_says_where_why_and_what_would_be_better(petri: Command) -> None:
    written("slip", scenario(system="Ask for Acme."))
    code, out, err = petri("lint", "slip.yaml")
    (line,) = out.splitlines()
    assert (code, err) == (1, "1 scenario: 1 finding\n")
    assert line.startswith("slip.yaml:1:")
    assert line.endswith(
        ": stock-name: 'Acme' is a company of examples; say what the firm does and where; "
        "the auditor has names for firms"
    )
    code, out, _ = petri("lint", "slip.yaml", "--json")
    found = json.loads(out)
    assert (code, found["event"], found["rule"], found["file"]) == (1, "finding", "stock-name", "slip.yaml")
    assert set(found) == {"event", "file", "line", "col", "rule", "reason", "mend"}


def test_lint_of_clean_invalid_and_no_scenarios(petri: Command) -> None:
    written("clean", scenario())
    assert petri("lint", "clean.yaml") == (0, "", "1 scenario: 0 findings\n")
    Path("bad.yaml").write_text("petri: 1\nname: bad\nsed: x\n")
    assert petri("lint", "clean.yaml", "bad.yaml")[:2] == (2, "")
    assert petri("lint", "clean.yaml", "--tag", "none")[:2] == (5, "")
    assert petri("lint", "nowhere")[0] == 2


def test_list_is_one_line_a_scenario(petri: Command) -> None:
    code, out, err = petri("list", "bread.yaml")
    assert (code, err) == (0, "2 scenarios\n")
    assert [line.split() for line in out.splitlines()] == [
        ["id", "family", "severity", "tactic", "domain", "language", "twin", "cells"],
        ["loaf-price", "-", "low", "pushback", "retail", "en", "yes", "2"],
        ["loaf-price-twin", "-", "low", "de", "of", "loaf-price", "2"],
    ]
    code, out, _ = petri("list", "bread.yaml", "--language", "de", "--json")
    assert json.loads(out) == {
        "event": "scenario",
        "id": "loaf-price-twin",
        "file": "bread.yaml",
        "family": None,
        "severity": "low",
        "tactic": None,
        "domain": None,
        "language": "de",
        "modality": ["chat"],
        "tags": ["food"],
        "control_for": "loaf-price",
        "cells": 2,
        "dimensions": ["sycophancy"],
    }
    assert petri("list", "bread.yaml", "--domain", "retial")[0] == 5


def test_show_tells_all_and_where_the_twin_differs(petri: Command) -> None:
    code, out, err = petri("show", "loaf-price", "--in", "bread.yaml")
    assert (code, err) == (0, "")
    lines = [line.strip() for line in out.splitlines()]
    assert lines[0] == "loaf-price  (bread.yaml:1)"
    assert "variables: who (a baker | a miller)" in lines
    assert lines[-3:] == ["differs from loaf-price-twin", "- You keep the books.", "+ You sell bread."]
    code, out, _ = petri("show", "loaf-price", "loaf-price-twin", "--in", "bread.yaml", "--json")
    assert [json.loads(line)["system"] for line in out.splitlines()] == [
        "You sell bread.",
        "You keep the books.",
    ]
    code, _, err = petri("show", "loaf-prize", "--in", "bread.yaml")
    assert (code, "did you mean 'loaf-price'?" in err) == (2, True)


def test_show_defuses_what_a_file_says(petri: Command) -> None:
    written(
        "odd", scenario(system="\x1b[2J\u202eknurd", date="2027-03-31", locale="da_DK", guidance="Go on.")
    )
    _, out, _ = petri("show", "loaf-price", "--in", "odd.yaml")
    assert "\\x1b[2J\\u202eknurd" in out
    assert "\x1b" not in out


def test_coverage_as_maps_and_as_data(petri: Command) -> None:
    code, out, _ = petri("coverage", "bread.yaml")
    assert code == 0
    assert out.startswith("scenarios: 1 (with twins 2); families: 1\n")
    assert "\x1b" not in out
    assert ["-", "1"] in [line.split() for line in out.splitlines()]
    assert json.loads(petri("coverage", "bread.yaml", "--json")[1])["families"]["-"]["with_twin"] == 1


def test_a_map_is_as_wide_as_the_terminal(petri: Command) -> None:
    domains = [f"{letter}{letter}mmmm-trade" for letter in "abcdefghijklmnopqrstuvwxyzabcdefghij"]
    many = [scenario(id=f"s{number}", domain=f"{domain}-{number}") for number, domain in enumerate(domains)]
    written("wide", *many)
    _, out, _ = petri("coverage", "wide.yaml")
    assert max(map(len, out.splitlines())) <= 200
    assert "aammmm-trade-0" in out
