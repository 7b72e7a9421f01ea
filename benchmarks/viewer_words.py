"""Words for made runs, and to look for in them."""

import random

SEED = 7


def vocabulary(seed: int, size: int = 20_000) -> list[str]:
    """Give words that mean nothing."""
    draw = random.Random(seed)  # noqa: S311 -- words, not secrets
    syllables = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
    return ["".join(draw.choices(syllables, k=draw.randint(2, 4))) for _ in range(size)]
