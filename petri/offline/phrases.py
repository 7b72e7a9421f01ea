"""Named groups of words to look for in a text."""

import re
from functools import cached_property, lru_cache

from pydantic import Field

from petri.document.fields import StrictModel


class Phrases(StrictModel):
    """Regular expressions; a text says them when one is found, ignoring case, after ``ignore`` was taken out."""

    any: tuple[str, ...] = Field(min_length=1)
    ignore: tuple[str, ...] = ()

    def said(self, text: str) -> bool:
        """Whether the text says any of them."""
        return self.spot(text) is not None

    def spot(self, text: str) -> int | None:
        """Where in ``text`` the words begin, or None."""
        found = self._any.search(self._without_ignored(text))
        return found.start() if found else None

    def _without_ignored(self, text: str) -> str:
        # Blanked rather than removed, so that positions stay those of the text.
        return self._ignored.sub(lambda found: " " * len(found.group(0)), text) if self._ignored else text

    @cached_property
    def _any(self) -> re.Pattern[str]:
        return _compiled(self.any)

    @cached_property
    def _ignored(self) -> re.Pattern[str] | None:
        return _compiled(self.ignore) if self.ignore else None


@lru_cache(maxsize=512)
def _compiled(expressions: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        "|".join(f"(?:{expression})" for expression in expressions), re.IGNORECASE | re.MULTILINE
    )
