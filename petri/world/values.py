"""Values that come from outside, copied into plain JSON: nothing is shared, and all of it can be written down."""

import math
from collections.abc import Mapping
from typing import Final, cast

from pydantic import JsonValue

from petri.errors import WorldError

DEEPEST: Final = 40
LONGEST: Final = 262_144
"""Characters of one text: a file, a mail, a record."""
_LARGEST: Final = 2**63


def plain(value: object, depth: int = 0) -> JsonValue:
    """Give a copy as JSON; half characters become U+FFFD, numbers that are none become null."""
    if depth > DEEPEST:
        raise WorldError("arguments are nested too deeply")
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise WorldError("Numerical result out of range")
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        mapping = cast("Mapping[object, object]", value)
        return {whole(str(key)): plain(inner, depth + 1) for key, inner in mapping.items()}
    if isinstance(value, list | tuple):
        return [plain(inner, depth + 1) for inner in cast("list[object]", value)]
    return whole(str(value))


def whole(text: str) -> str:
    """Give a text with halves of characters joined or replaced; no file could hold them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
