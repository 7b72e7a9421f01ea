"""What axe-core has to say of a page: faults that keep people from using it."""

from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

_SCRIPT: Final = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_GRAVE: Final = frozenset({"serious", "critical"})
_RUN: Final = "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"


def grave_findings(page: Page) -> list[str]:
    """Serious and critical findings, each with the elements that it is about."""
    if not _SCRIPT.is_file():
        pytest.fail("web/node_modules is not there: `make page` installs it")
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_SCRIPT.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(_RUN)
    return [
        f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:4]]} {each['nodes'][0]['failureSummary'][:300]}"
        for each in found
        if each["impact"] in _GRAVE
    ]
