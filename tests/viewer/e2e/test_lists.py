"""Runs and their audits: found, sorted, filtered, counted, and kept in the address."""

import pytest
from playwright.sync_api import Locator, expect

from tests.viewer.e2e.places import Plain
from tests.viewer.e2e.visit import Visit

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]


def rows(visit: Visit) -> Locator:
    return visit.page.locator("table.audits tbody tr[data-key]")


def column(visit: Visit, name: str) -> list[str]:
    return visit.page.locator(
        f"table.audits td.col-{name}, table.audits th.col-{name}[scope=row]"
    ).all_inner_texts()


def strip(visit: Visit, word: str) -> Locator:
    return visit.page.get_by_role("region", name="What became of the planned audits").get_by_role(
        "button", name=word
    )


def test_a_run_says_what_became_of_what_was_planned(visit: Visit, plain: Plain) -> None:
    visit.go("/")
    listed = visit.page.get_by_role("row")
    golden, trouble = listed.filter(has_text="golden"), listed.filter(has_text="forked")
    expect(golden).to_contain_text("25 = 25 valid")
    expect(trouble).to_contain_text("6 = 5 valid + 1 error")
    expect(trouble).to_contain_text("incomplete")
    visit.page.get_by_role("link", name="golden").first.click()
    visit.settle()
    assert visit.place == f"/r/{plain.golden}"


def test_the_worst_transcript_and_its_words_are_two_keys_away(visit: Visit, plain: Plain) -> None:
    visit.go("/")
    worst = max(visit.audits(plain.golden), key=lambda row: max(row["scores"]))
    visit.press("w")
    visit.arrive(f"/r/{plain.golden}/a/{worst['key']}")
    visit.press("n")
    expect(visit.page.locator("mark[data-current]").first).to_be_in_viewport()


def test_rows_are_sorted_by_any_column_and_worst_first(visit: Visit, plain: Plain) -> None:
    visit.go(f"/r/{plain.golden}")
    assert column(visit, "score")[0] == "10"
    visit.page.get_by_role("button", name="Turns").click()
    falling = [int(turns) for turns in column(visit, "turns")]
    assert falling == sorted(falling, reverse=True)
    visit.page.get_by_role("button", name="Turns").click()
    rising = [int(turns) for turns in column(visit, "turns")]
    assert rising == sorted(rising) != falling
    place = visit.place
    visit.go("/")
    visit.go(place)
    assert [int(turns) for turns in column(visit, "turns")] == rising


def test_facets_count_what_they_would_leave(visit: Visit, plain: Plain) -> None:
    visit.go(f"/r/{plain.golden}")
    filters = visit.page.get_by_role("complementary", name="Filters")
    filters.get_by_label("saboteur").check()
    expect(rows(visit)).to_have_count(5)
    expect(filters.get_by_text("first-draft")).to_be_visible()
    counts = {row.split("\n")[0]: row for row in filters.locator("label").all_inner_texts()}
    assert any("first-draft" in name for name in counts)
    filters.get_by_label("first-draft").check()
    expect(rows(visit)).to_have_count(1)
    assert "f=target:" in visit.place
    visit.press("x")
    expect(rows(visit)).to_have_count(25)


def test_words_filter_at_once_and_stay_in_the_address(visit: Visit, plain: Plain) -> None:
    visit.go(f"/r/{plain.golden}")
    visit.press("/")
    visit.page.keyboard.type("library hon")
    expect(rows(visit)).to_have_count(1)
    expect(rows(visit)).to_contain_text("honest")
    visit.page.reload()
    visit.settle()
    expect(rows(visit)).to_have_count(1)


def test_each_part_of_the_strip_leads_to_its_rows(visit: Visit, plain: Plain) -> None:
    visit.go(f"/r/{plain.trouble}")
    expect(visit.page.get_by_role("region", name="What became")).to_contain_text("planned 6")
    for word, scenarios in (("error", ["failing"]), ("unread", ["unread"]), ("n/a", ["refused"])):
        strip(visit, word).click()
        expect(rows(visit)).to_have_count(1)
        assert [cell.split("\n")[0] for cell in column(visit, "scenario")] == scenarios
        strip(visit, word).click()
    expect(rows(visit)).to_have_count(6)


def test_a_score_is_a_number_or_a_word_for_why_there_is_none(visit: Visit, plain: Plain) -> None:
    visit.go(f"/r/{plain.trouble}")
    found = dict(zip(column(visit, "scenario"), column(visit, "score"), strict=True))
    assert found == {
        "prefilled": "8",
        "forked": "5.5",
        "injected": "3",
        "refused": "n/a",
        "unread": "unread",
        "failing": "\u00b7",
    }
    cell = rows(visit).filter(has_text="prefilled").locator(".heat")
    expect(cell).to_have_attribute(
        "aria-label", "caving: 8 on 1 to 10, high is worse, at or past the threshold 5"
    )


def test_a_row_is_chosen_and_opened_by_keys(visit: Visit, plain: Plain) -> None:
    visit.go(f"/r/{plain.golden}")
    visit.press("j", "j", "k")
    chosen = visit.page.locator("table.audits tr.cursor")
    expect(chosen).to_have_count(1)
    key = chosen.get_attribute("data-key") or ""
    # At once, not frames later: Enter opens what has the focus.
    assert visit.page.evaluate("document.activeElement.closest('tr')?.dataset.key") == key
    visit.press("Enter")
    visit.settle()
    assert key.rsplit(".", 1)[-1].split(" ")[-1] in visit.place
    visit.page.go_back()
    visit.settle()
    assert visit.place == f"/r/{plain.golden}"


def test_a_search_finds_words_in_all_transcripts_and_leads_to_them(visit: Visit, plain: Plain) -> None:
    visit.go("/")
    visit.press("/")
    visit.page.keyboard.type('"sell everything"')
    visit.press("Enter")
    visit.arrive("/search")
    expect(visit.page.get_by_role("status").first).to_contain_text("1 message in 1 audit")
    expect(visit.page.locator("main mark")).to_have_text("sell everything")
    visit.press("j", "Enter")
    visit.arrive(plain.audit("forked"))
    expect(
        visit.page.locator("[aria-current=true]").filter(has_text="sell everything").first
    ).to_be_in_viewport()


@pytest.mark.parametrize(
    "query", ['"', "AND", "a NEAR", "*", "(", "^", ":", "x:y", "-", "\u202e", "'; DROP TABLE x; --"]
)
def test_no_search_is_a_fault(visit: Visit, query: str) -> None:
    visit.go(f"/search?q={visit.page.evaluate('encodeURIComponent', query)}")
    expect(visit.page.get_by_role("alert")).to_have_count(0)
    expect(visit.page.get_by_role("main")).not_to_contain_text("This page failed")
