"""Keeping keys out of everything that is written or shown."""

import os
import re
from typing import Final

_NAMES: Final = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)$")
_PATTERNS: Final = re.compile(r"(?:sk-|Bearer\s+)[A-Za-z0-9._~+/=-]{12,}|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")
_SHORTEST: Final = 8
"""Shorter values are left alone: they are as likely to be ordinary words."""


def redact(text: str) -> str:
    """Give the text with configured secrets, and what looks like one, replaced by ``[removed]``."""
    secrets = {value for name, value in os.environ.items() if _NAMES.search(name) and len(value) >= _SHORTEST}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "[removed]")
    return _PATTERNS.sub("[removed]", text)
