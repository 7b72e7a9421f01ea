"""The one truth of what was said: a tree of frozen nodes, and the exact text a reader cites."""
