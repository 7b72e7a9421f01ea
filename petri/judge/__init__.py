"""From a transcript and a rubric to a verdict whose every score rests on words that were really said, or to none."""
