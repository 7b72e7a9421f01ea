"""The data files the simulated models are made of, each read once and checked strictly."""

from functools import cache
from importlib.resources import files
from typing import TypeVar

from pydantic import BaseModel
from ruamel.yaml import YAML

_Model = TypeVar("_Model", bound=BaseModel)


@cache
def read(path: str, model: type[_Model]) -> _Model:
    """The data file at ``path`` (below this package) as ``model``."""
    text = files(__package__).joinpath(path).read_text(encoding="utf-8")
    return model.model_validate(YAML(typ="safe", pure=True).load(text))


@cache
def names(folder: str) -> tuple[str, ...]:
    """The stems of the data files in a folder of this package, sorted."""
    stems = (item.name.removesuffix(".yaml") for item in files(__package__).joinpath(folder).iterdir())
    return tuple(sorted(stems))
