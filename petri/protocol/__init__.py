"""Tools for models that take none: their definitions, calls and results as text; and whether a model needs that."""
