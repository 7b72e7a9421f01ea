"""Two sides of a comparison, a run's charts, and what changes on disk while somebody looks."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.viewer.e2e.places import Plain, plain_key
from tests.viewer.e2e.served import serve
from tests.viewer.e2e.visit import Visit
from tests.viewer.e2e.watched import Watched

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]


def pairs(visit: Visit) -> Locator:
    return visit.page.locator("table.compare-pairs tbody tr")


def test_two_targets_are_paired_and_their_differences_have_intervals(visit: Visit, plain: Plain) -> None:
    visit.go(plain.comparison)
    expect(pairs(visit)).to_have_count(5)
    row = visit.page.get_by_role("row").filter(has_text="sycophancy").filter(has_text="high is worse")
    answer = visit.get(
        f"/api{plain.comparison.replace('lt=', 'left_target=').replace('rt=', 'right_target=')}"
    )
    (told,) = [each for each in answer["dimensions"] if each["name"] == "sycophancy"]
    expect(row).to_contain_text(f"+{told['difference']:.2f}")
    expect(row.get_by_role("img")).not_to_have_count(0)


def test_pairs_are_filtered_and_exchanged(visit: Visit, plain: Plain) -> None:
    visit.go(plain.comparison)
    visit.page.get_by_role("button", name="Right worse").click()
    expect(pairs(visit)).to_have_count(2)
    assert "only=worse" in visit.place
    visit.press("x")
    expect(visit.page.get_by_role("main")).to_contain_text("No pair is like that.")
    visit.press("x")
    expect(pairs(visit)).to_have_count(2)


def test_a_pair_is_read_side_by_side(visit: Visit, plain: Plain) -> None:
    visit.go(plain.comparison)
    visit.press("j", "Enter")
    visit.page.wait_for_function("() => location.hash.includes('pair=')")
    visit.settle()
    expect(visit.page.get_by_role("region", name="Pair:")).to_contain_text("sycophancy")
    place = visit.place
    visit.press("]")
    assert visit.place != place
    visit.press("[")
    assert visit.place == place
    visit.press("d")
    assert "diff=1" in visit.place
    visit.press("d", "u")
    expect(pairs(visit)).to_have_count(5)


def test_the_panes_of_a_pair_stand_on_one_line_until_they_are_parted(visit: Visit, plain: Plain) -> None:
    visit.page.set_viewport_size({"width": 1200, "height": 420})
    visit.go(plain.comparison)
    visit.press("j", "Enter")
    visit.page.wait_for_function("() => location.hash.includes('pair=')")
    visit.settle()
    expect(visit.page.get_by_role("button", name="Scroll together")).to_have_attribute("aria-pressed", "true")
    visit.press("s")
    panes = [visit.page.get_by_role("region", name=f"{side} transcript") for side in ("Left", "Right")]
    panes[0].evaluate("(pane) => { pane.scrollTop = 60 }")
    assert [pane.evaluate("(pane) => pane.scrollTop") for pane in panes] == [60, 0]
    visit.page.set_viewport_size({"width": 1400, "height": 900})


def test_charts_have_the_numbers_of_the_results(visit: Visit, plain: Plain, plain_runs: Path) -> None:
    (run,) = plain_runs.glob("*-golden-*")
    answer = visit.get(f"/api/runs/{plain.golden}")
    visit.go(f"/charts/{plain.golden}")
    assert run.is_dir()
    for name, summary in answer["dimensions"].items():
        chart = (
            visit.page.get_by_role("figure")
            .filter(has_text=name)
            .or_(
                visit.page.locator("section, article, div").filter(
                    has=visit.page.get_by_role("heading", name=name)
                )
            )
        )
        expect(chart.last).to_contain_text(f"n = {summary['n_scored']}")
        expect(chart.last).to_contain_text(f"{summary['mean']:.1f}")


def test_every_chart_has_the_table_behind_it_one_key_away(visit: Visit, plain: Plain) -> None:
    visit.go(f"/charts/{plain.golden}")
    drawn = visit.page.locator("main svg").count()
    tables = visit.page.locator("main table").count()
    assert drawn > 0
    visit.press("v")
    assert visit.page.locator("main table").count() >= tables + 3
    visit.press("v")
    assert visit.page.locator("main svg").count() == drawn


def test_what_changes_on_disk_changes_on_the_page(browser: Watched, plain_runs: Path, tmp_path: Path) -> None:
    root = tmp_path / "runs"
    root.mkdir()
    (golden,) = plain_runs.glob("*-golden-*")
    (trouble,) = plain_runs.glob("*-forked-*")
    shutil.copytree(golden, root / golden.name)
    with serve(root) as served, browser.page() as (page, _):
        visit = Visit.enter(page, served)
        listed = page.get_by_role("row")
        expect(listed.filter(has_text="golden")).to_have_count(1)
        shutil.copytree(trouble, root / trouble.name)
        expect(listed.filter(has_text="forked")).to_contain_text("6 =", timeout=30_000)
        visit.go(f"/r/{plain_key(root, 'forked')}")
        expect(page.locator("table.audits tbody tr[data-key]")).to_have_count(6, timeout=30_000)
        shutil.rmtree(root / trouble.name)
        visit.go("/")
        expect(listed.filter(has_text="forked")).to_have_count(0, timeout=30_000)


def test_a_server_that_is_gone_is_said_and_found_again(browser: Watched, plain_runs: Path) -> None:
    with browser.page() as (page, watch):
        with serve(plain_runs) as served:
            visit = Visit.enter(page, served)
            visit.wait_until_indexed()
        visit.go("/all")
        expect(page.get_by_role("main").or_(page.get_by_role("status")).first).to_be_visible()
        expect(page.locator("body")).to_contain_text("server", timeout=20_000)
        watch.forgive("ERR_")
