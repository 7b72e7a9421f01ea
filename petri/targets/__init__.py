"""Targets that are programs: Python callables, Inspect agents, commands. To Inspect each is a model."""
