"""An exported file, made as a person makes it."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def export(runs: Sequence[Path], file: Path) -> Path:
    """Write runs into one page with `petri export`; give it."""
    command = [sys.executable, "-m", "petri", "export", *map(str, runs), "--html", str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=110)
    return file
