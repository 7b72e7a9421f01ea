"""Every page that there is, by its address, over the plain runs."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from petri.viewer.names import run_key
from tests.viewer.e2e.visit import Visit


@dataclass(frozen=True, slots=True)
class Plain:
    """The keys of the plain runs and of the audits that tests look at."""

    golden: str
    trouble: str
    words: str
    audits: dict[str, str]
    """Of the run with trouble, by scenario."""

    @classmethod
    def of(cls, root: Path, visit: Visit) -> "Plain":
        """Read them off the runs and the server."""
        trouble = plain_key(root, "forked")
        audits = {row["scenario"]: row["key"] for row in visit.audits(trouble)}
        return cls(plain_key(root, "golden"), trouble, plain_key(root, "words"), audits)

    def audit(self, scenario: str) -> str:
        """The place of an audit's transcript."""
        return f"/r/{self.trouble}/a/{self.audits[scenario]}"

    @property
    def comparison(self) -> str:
        """The place where two targets of the golden run are compared."""
        left, right = quote("petri-offline/honest", safe=""), quote("petri-offline/sycophant", safe="")
        return f"/compare?left={self.golden}&right={self.golden}&lt={left}&rt={right}"


def plain_key(root: Path, part: str) -> str:
    """The key of the run with a text in its id."""
    (run,) = root.glob(f"*-{part}-*")
    return run_key(run.name)


def every_place(plain: Plain) -> dict[str, str]:
    """Every page, and what stands on it in another way."""
    forked = plain.audit("forked")
    return {
        "runs": "/",
        "all": "/all",
        "list": f"/r/{plain.golden}",
        "list-filtered": f"/r/{plain.golden}?q=first&sort=-turns",
        "list-empty": f"/r/{plain.golden}?q=nothing+is+called+so",
        "trouble": f"/r/{plain.trouble}",
        "target": forked,
        "auditor": f"{forked}?view=auditor",
        "judge": f"{forked}?view=judge",
        "raw": f"{forked}?view=raw",
        "difference": f"{forked}?diff=words:M4:M6",
        "side-by-side": f"{forked}?diff=side:M4:M6",
        "prefilled": plain.audit("prefilled"),
        "injected": plain.audit("injected"),
        "refused": plain.audit("refused"),
        "unread": plain.audit("unread"),
        "failing": plain.audit("failing"),
        "charts": f"/charts/{plain.golden}",
        "charts-tables": f"/charts/{plain.golden}?show=tables",
        "report": f"/report/{plain.golden}",
        "report-tables": f"/report/{plain.golden}?table=all",
        "compare": plain.comparison,
        "compare-nothing": "/compare",
        "search": "/search?q=plan",
        "search-nothing": "/search?q=zzzz",
        "no-run": "/r/000000000000",
        "no-audit": f"/r/{plain.golden}/a/000000000000",
        "no-report": "/report/000000000000",
        "nowhere": "/nowhere/at/all",
    }
