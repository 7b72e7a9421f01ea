"""Scenarios as a collection: what gives them away, how alike they are, what they cover, and seeds of other tools."""
