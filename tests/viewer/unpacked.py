"""What a page that was given away holds."""

import base64
import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from petri.viewer.wire import AuditList, ComparisonView, RunDetail, RunList
from petri.viewer.wire_report import ReportView
from petri.viewer.wire_server import About
from petri.viewer.wire_transcript import JudgeReading, TranscriptView

MODELS: Sequence[tuple[str, type[BaseModel]]] = (
    ("/api/about", About),
    ("/api/runs", RunList),
    ("/api/runs/", RunDetail),
    ("/api/audits", AuditList),
    ("/api/transcripts/", TranscriptView),
    ("/api/compare", ComparisonView),
)


def routes(page: Path) -> dict[str, Any]:
    """What the page holds by route, unpacked; a route that stands for another has its answer."""
    text = page.read_text(encoding="utf-8")
    (_, _, rest) = text.partition('id="petri-data">')
    held: dict[str, str] = json.loads(rest.partition("</script>")[0])["routes"]
    packed = {route: held[value] if value.startswith("/") else value for route, value in held.items()}
    return {route: json.loads(gzip.decompress(base64.b64decode(value))) for route, value in packed.items()}


def everything(page: Path) -> str:
    """The page's own text, and all that is packed in it."""
    return page.read_text(encoding="utf-8") + json.dumps(routes(page), ensure_ascii=False)


def model_of(route: str) -> type[BaseModel]:
    """What a route answers with."""
    if route.endswith("/report"):
        return ReportView
    if "/reading" in route:
        return JudgeReading
    return max((pair for pair in MODELS if route.startswith(pair[0])), key=lambda pair: len(pair[0]))[1]
