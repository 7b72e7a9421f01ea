"""One transcript: its branches, its views, its verdict, and a way to every place in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.viewer.e2e.places import Plain
from tests.viewer.e2e.plain import AND_BACK, INJECTED, TWO_SIDES
from tests.viewer.e2e.served import serve
from tests.viewer.e2e.visit import Visit
from tests.viewer.e2e.watched import Watched

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def visit(browser: Watched, plain_runs: Path) -> Iterator[Visit]:
    options = {
        "viewport": {"width": 1400, "height": 900},
        "permissions": ["clipboard-read", "clipboard-write"],
    }
    with serve(plain_runs) as served, browser.page(**options) as (page, _):
        made = Visit.enter(page, served)
        made.wait_until_indexed()
        yield made


def message(visit: Visit, label: str) -> Locator:
    return visit.page.get_by_role("article", name=f"{label},")


def labels(visit: Visit) -> list[str]:
    return [name.split(",")[0] for name in names(visit)]


def names(visit: Visit) -> list[str]:
    return visit.page.evaluate(
        "[...document.querySelectorAll('main article')].map((each) => each.getAttribute('aria-label'))"
    )


def here(visit: Visit) -> str:
    return visit.page.locator("main article[aria-current=true]").get_attribute("aria-label") or ""


def copied(visit: Visit) -> str:
    return visit.page.evaluate("navigator.clipboard.readText()")


def test_branches_share_their_beginning_and_one_is_read_at_a_time(visit: Visit, plain: Plain) -> None:
    visit.go(f"{plain.audit('forked')}?b=M5")
    assert labels(visit) == ["M1", "M2", "M3", "M4", "M5"]
    visit.go(f"{plain.audit('forked')}?b=M12")
    assert labels(visit) == ["M1", "M2", "M3", "M4", "M11", "M12"]
    visit.go(f"{plain.audit('forked')}?m=M10")
    assert labels(visit) == ["M1", "M2", "M3", "M6", "M7", "M8", "M9", "M10"]


def test_branches_are_changed_by_key_and_by_choice(visit: Visit, plain: Plain) -> None:
    visit.go(f"{plain.audit('forked')}?b=M5&m=M4")
    visit.press("b")
    expect(message(visit, "M6")).to_be_visible()
    visit.press("B")
    expect(message(visit, "M4")).to_be_visible()
    fork = visit.page.get_by_role("radio", name="Please say what would mend it.")
    fork.click()
    expect(message(visit, "M6")).to_be_visible()
    expect(visit.page.get_by_role("radio", name="Please say what would mend it.")).to_be_checked()


def test_a_fork_stays_where_it_is_on_the_screen_when_its_branch_changes(visit: Visit, plain: Plain) -> None:
    visit.go(f"{plain.audit('forked')}?b=M5&m=M4")
    radio = visit.page.get_by_role("radio", name="Please say that")
    before = radio.bounding_box()
    visit.press("b")
    after = radio.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 3


def test_the_rail_leads_to_every_message_of_every_branch(visit: Visit, plain: Plain) -> None:
    visit.go(f"{plain.audit('forked')}?b=M5")
    rail = visit.page.get_by_role("tree")
    items = rail.get_by_role("treeitem")
    assert items.count() >= 5
    items.filter(has_text="M12").or_(rail.get_by_label("M12")).first.click()
    expect(message(visit, "M12")).to_be_in_viewport()


def test_what_differs_between_branches_is_shown(visit: Visit, plain: Plain) -> None:
    visit.go(f"{plain.audit('forked')}?b=M5&m=M4")
    visit.press("d")
    expect(visit.page.locator("main del", has_text="what")).to_be_visible()
    expect(visit.page.locator("main ins", has_text="that")).to_be_visible()
    assert "diff=words:M6:M4" in visit.place
    visit.go(f"{plain.audit('forked')}?b=M5&m=M4")
    visit.press("c")
    assert "diff=side" in visit.place


def test_the_keys_walk_over_messages_and_turns(visit: Visit, plain: Plain) -> None:
    visit.go(f"{plain.audit('forked')}?b=M10&m=M1")
    visit.press("j", "j")
    assert here(visit).startswith("M3")
    visit.press("J")
    assert here(visit).startswith("M7")
    visit.press("k")
    assert here(visit).startswith("M6")
    visit.press("K")
    assert here(visit).startswith("M3")
    assert "m=M3" in visit.place


@pytest.mark.parametrize(
    ("key", "view", "shown"),
    [
        ("2", "auditor", "The target did its work."),
        ("3", "judge", "I would wait"),
        ("4", "raw", "petri-transcript/1"),
        ("1", "target", "Is it sound?"),
    ],
)
def test_each_view_has_its_key_and_its_address(
    visit: Visit, plain: Plain, key: str, view: str, shown: str
) -> None:
    visit.go(f"{plain.audit('forked')}?view={'raw' if view == 'target' else 'target'}")
    visit.press(key)
    visit.settle()
    expect(visit.page.get_by_role("main")).to_contain_text(shown)
    expect(visit.page.get_by_role("tab", selected=True)).to_have_text(view.capitalize())
    assert view == "target" or f"view={view}" in visit.place


def test_the_origin_of_every_message_is_said_in_words(visit: Visit, plain: Plain) -> None:
    visit.go(f"{plain.audit('forked')}?b=M10")
    said = {label: message(visit, label).locator(".message-head").inner_text() for label in labels(visit)}
    assert "auditor" in said["M1"]
    assert "target" in said["M3"]
    assert "simulated tool" in said["M8"]
    visit.go(plain.audit("prefilled"))
    expect(message(visit, "M2").locator(".message-head")).to_contain_text("prefill")


def test_calls_results_code_and_reasoning_are_readable(visit: Visit, plain: Plain) -> None:
    visit.go(f"{plain.audit('forked')}?b=M10")
    expect(message(visit, "M7")).to_contain_text("/books")
    expect(message(visit, "M8")).to_contain_text("runway")
    expect(message(visit, "M10").locator("pre code")).to_contain_text("spend = 0")
    reasoning = message(visit, "M3").get_by_role("group")
    reasoning.locator("summary").click()
    expect(reasoning).to_contain_text("They hope for a yes.")


def test_refusals_and_cut_off_words_are_marked(visit: Visit, plain: Plain) -> None:
    visit.go(plain.audit("refused"))
    heads = [message(visit, label).locator(".message-head").inner_text() for label in ("M2", "M4")]
    assert "refused" in heads[0] or "filter" in heads[0]
    assert "cut" in heads[1] or "truncated" in heads[1]


def test_what_could_mislead_a_judge_is_flagged_and_shown_as_it_was_read(visit: Visit, plain: Plain) -> None:
    visit.go(plain.audit("injected"))
    expect(message(visit, "M2")).to_contain_text(INJECTED.split("\n")[0])
    expect(visit.page.get_by_role("main")).to_contain_text("mislead")
    visit.press("3")
    visit.settle()
    expect(message(visit, "M2")).to_be_visible()
    assert INJECTED not in message(visit, "M2").inner_text()


def test_the_verdict_says_what_every_judge_said(visit: Visit, plain: Plain) -> None:
    visit.go(plain.audit("forked"))
    verdict = visit.page.get_by_role("complementary", name="Verdict")
    expect(verdict).to_contain_text("disagree")
    expect(verdict).to_contain_text("never said this")
    expect(verdict).to_contain_text("not found in M3")
    assert verdict.locator(".judge").count() == 2


def test_quotes_are_stepped_through_across_branches(visit: Visit, plain: Plain) -> None:
    visit.go(f"{plain.audit('forked')}?b=M12")
    seen: list[str] = []
    for _ in range(3):
        visit.press("n")
        seen += visit.page.locator("mark[data-current]").all_inner_texts()
    assert seen == ["sell everything", "I would wait", "sell everything"]
    visit.press("p")
    assert visit.page.locator("mark[data-current]").all_inner_texts() == ["I would wait"]


def test_a_link_to_a_place_is_copied_and_leads_back(visit: Visit, plain: Plain) -> None:
    visit.go(f"{plain.audit('forked')}?b=M12&m=M12")
    visit.press("g l")
    visit.page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('m=M12')")
    address = copied(visit)
    visit.go("/")
    visit.page.goto(address)
    visit.settle()
    assert here(visit).startswith("M12")
    expect(message(visit, "M12")).to_contain_text(AND_BACK)


def test_the_next_and_the_previous_audit_are_one_key_away(visit: Visit, plain: Plain) -> None:
    visit.go(plain.audit("forked"))
    visit.press("]")
    visit.page.wait_for_function("(key) => !location.hash.includes(key)", arg=plain.audits["forked"])
    visit.settle()
    visit.press("[")
    visit.arrive(plain.audit("forked"))


def test_words_are_found_within_the_transcript_on_every_branch(visit: Visit, plain: Plain) -> None:
    visit.go(f"{plain.audit('forked')}?b=M10")
    visit.press("/")
    visit.page.keyboard.type("Take your time")
    visit.press("Enter")
    visit.settle()
    expect(message(visit, "M11")).to_be_in_viewport()


def test_an_audit_that_failed_says_why(visit: Visit, plain: Plain) -> None:
    visit.go(plain.audit("failing"))
    expect(visit.page.get_by_role("main")).to_contain_text("the provider is down")


def test_a_verdict_that_could_not_be_read_is_no_score(visit: Visit, plain: Plain) -> None:
    visit.go(plain.audit("unread"))
    verdict = visit.page.get_by_role("complementary", name="Verdict")
    expect(verdict).to_contain_text("unread")
    expect(verdict.locator(".heat").first).not_to_have_text("1")


def test_texts_are_rendered_or_plain(visit: Visit, plain: Plain) -> None:
    visit.go(f"{plain.audit('forked')}?b=M5")
    expect(message(visit, "M3").locator("strong")).to_have_text("I would wait.")
    visit.press("r")
    expect(message(visit, "M3")).to_contain_text("**I would wait.**")
    visit.press("r")
    expect(message(visit, "M5")).to_contain_text(TWO_SIDES)


def test_the_theme_is_chosen_and_kept(visit: Visit, plain: Plain) -> None:
    colour = "getComputedStyle(document.documentElement).backgroundColor"
    visit.go(plain.audit("forked"))
    before = visit.page.evaluate(colour)
    visit.press("t")
    after = visit.page.evaluate(colour)
    assert after != before
    visit.page.reload()
    visit.settle()
    assert visit.page.evaluate(colour) == after
    visit.press("t")


def test_what_is_printed_is_the_transcript(visit: Visit, plain: Plain) -> None:
    visit.go(f"{plain.audit('forked')}?b=M5")
    visit.page.emulate_media(media="print")
    expect(message(visit, "M5")).to_be_visible()
    expect(visit.page.get_by_role("button", name="Theme")).to_be_hidden()
    visit.page.emulate_media(media="screen")
