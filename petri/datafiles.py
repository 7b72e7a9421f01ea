"""Where the built-in scenarios and rubrics lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent
_DATA: Final = _PACKAGE / "_data"
_ROOT: Final = _DATA if _DATA.is_dir() else _PACKAGE.parent


def scenario_files() -> dict[str, Path]:
    """Give the built-in scenario files by name (without suffix), sorted."""
    return _yaml_files("scenarios")


def rubric_files() -> dict[str, Path]:
    """Give the built-in rubric files by name (without suffix), sorted."""
    return _yaml_files("judges")


def _yaml_files(folder: str) -> dict[str, Path]:
    return {path.stem: path for path in sorted((_ROOT / folder).glob("*.yaml"))}
