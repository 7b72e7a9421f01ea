"""Who may ask: whoever showed the token of the printed address, and was given a cookie for it."""

import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

_BYTES: Final = 32
_WRONG: Final = 10
_WITHIN: Final = 60.0
"""So many wrong tokens in so many seconds, and none is looked at for a while."""


class Admission:
    """The secrets of one server; they are made when it starts and end with it."""

    def __init__(
        self, port: int, token: str | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Make a token unless one is given, and the cookie that it is exchanged for."""
        self.cookie_name: Final = f"petri_{port}"
        """Cookies do not tell ports apart: two servers on one machine need two names."""
        self.token: Final = token or secrets.token_urlsafe(_BYTES)
        self._cookie: Final = secrets.token_urlsafe(_BYTES)
        self._once: set[str] = set()
        self._clock = clock
        self._wrong: deque[float] = deque(maxlen=_WRONG)

    def make_once(self) -> str:
        """Give a token that is good for one exchange, for an address that others on this machine may see."""
        token = secrets.token_urlsafe(_BYTES)
        self._once.add(token)
        return token

    @property
    def paused(self) -> bool:
        """Whether there were so many wrong tokens that none is looked at now."""
        return len(self._wrong) == _WRONG and self._clock() - self._wrong[0] < _WITHIN

    def exchange(self, token: str) -> str | None:
        """Give the cookie for a token, or None for a wrong one."""
        if self.paused:
            return None
        if _same(token, self.token):
            return self._cookie
        used = next((known for known in self._once if _same(token, known)), None)
        if used is None:
            self._wrong.append(self._clock())
            return None
        self._once.remove(used)
        return self._cookie

    def admits(self, cookies: Iterable[str]) -> bool:
        """Whether one of these is the cookie."""
        return any(_same(cookie, self._cookie) for cookie in cookies)


def _same(given: str, known: str) -> bool:
    """Compare in a time that says nothing of how much is right."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), known.encode())
