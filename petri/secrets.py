"""Keeping keys out of everything that is written or shown, however they are written there."""

import base64
import html
import os
import re
from collections.abc import Iterator
from functools import cache
from typing import Final

_NAMES: Final = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE)$", re.IGNORECASE)
_PATTERNS: Final = re.compile(r"(?:sk-|Bearer\s+)[A-Za-z0-9._~+/=-]{12,}|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")
_SHORTEST: Final = 8
"""Shorter values are left alone: they are as likely to be ordinary words."""

REMOVED: Final = "[removed]"
"""What stands where a secret stood."""

_MOST: Final = 16
"""Backslashes that stand for one, or before one character: text that is quoted in text that is quoted has many."""


def redact(text: str) -> str:
    """Give the text with configured secrets, and what looks like one, replaced by ``[removed]``.

    A secret is found plain, escaped as in JSON, Python, HTML or a URL (any mixture of them), in hexadecimal, and in
    Base64, also inside of a longer text that was encoded as a whole.
    """
    for pattern in patterns():
        text = pattern.sub(REMOVED, text)
    return text


def patterns() -> tuple[re.Pattern[str], ...]:
    """Give what finds secrets: configured ones, then what looks like one; each takes what the one before it left."""
    secrets = {value for name, value in os.environ.items() if _NAMES.search(name) and len(value) >= _SHORTEST}
    return (_pattern(frozenset(secrets)), _PATTERNS) if secrets else (_PATTERNS,)


@cache
def _pattern(secrets: frozenset[str]) -> re.Pattern[str]:
    """Give what finds any of the secrets; the longest first, for one may be a part of another."""
    ordered = sorted(secrets, key=len, reverse=True)
    return re.compile("|".join(form for secret in ordered for form in _forms(secret)))


def _forms(secret: str) -> Iterator[str]:
    """Yield a pattern for each way in which a secret can be written."""
    yield "".join(map(_character, re.findall(r"\\+|[^\\]", secret)))
    data = secret.encode("utf-8", "surrogateescape")
    yield "(?i:" + "[ :]?".join(f"{byte:02x}" for byte in data) + ")"
    yield from dict.fromkeys(_in_base64(data))


def _character(char: str) -> str:
    """Give a pattern for a character, or a run of backslashes, as it is or escaped in some way.

    Nothing is tried twice (``}+``), so that text full of backslashes takes no longer than other text.
    """
    if char.startswith("\\"):
        run = len(char)
        written = rf"%(?:25){{0,3}}5c|\\{{1,{_MOST}}}u005c|&#0*92;|&#x0*5c;"
        return rf"(?:\\{{{run},{run * _MOST}}}+|(?i:(?:{written}){{{run}}}))"
    code, halves = ord(char), char.encode("utf-16-be", "surrogatepass").hex()
    units = (halves[at : at + 4] for at in range(0, len(halves), 4))
    written = (
        "".join(f"%(?:25){{0,3}}{byte:02x}" for byte in char.encode("utf-8", "surrogateescape")),
        "".join(rf"\\{{1,{_MOST}}}u{unit}" for unit in units),
        rf"\\{{1,{_MOST}}}(?:u{code:08x}|x{code:02x})",
        f"&#0*{code};",
        f"&#x0*{code:x};",
        *([re.escape(html.escape(char))] if html.escape(char) != char else []),
    )
    plain = rf"\\{{0,{_MOST}}}+{re.escape(char)}" + (r"|\+" if char == " " else "")
    return f"(?:{plain}|(?i:{'|'.join(written)}))"


def _in_base64(data: bytes) -> Iterator[str]:
    """Yield what of the secret is the same in Base64 wherever it begins: a group of three bytes is one of characters.

    The characters at the ends, which hold bits of what stands beside it too, are taken along.
    """
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data).decode()
        sure = encoded[-(-8 * before // 6) : 8 * (before + len(data)) // 6]
        either = "".join({"+": "[+-]", "/": "[/_]"}.get(char, char) for char in sure)
        yield f"[A-Za-z0-9+/_-]?{either}[A-Za-z0-9+/_-]?={{0,2}}"
