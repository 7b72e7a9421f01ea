"""The data files the simulated models are made of, each read once and checked strictly."""

from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from petri.document.fields import StrictModel
from petri.document.parse import parse_document
from petri.document.source import read_source
from petri.document.validate import validate

_HERE: Final = Path(__file__).parent
_Model = TypeVar("_Model", bound=StrictModel)


@cache
def read(path: str, model: type[_Model]) -> _Model:
    """The data file at ``path`` (below this package) as ``model``."""
    return validate(parse_document(read_source(_HERE / path)), model)


@cache
def names(folder: str) -> tuple[str, ...]:
    """The stems of the data files in a folder of this package, sorted."""
    return tuple(sorted(path.stem for path in (_HERE / folder).glob("*.yaml")))
