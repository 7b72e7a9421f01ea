"""A process that has loaded everything, once for all tests of crashes."""

from collections.abc import Iterator

import pytest

from tests.crash.harness import Petri


@pytest.fixture(scope="package")
def petri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Petri]:
    with Petri.ready(tmp_path_factory.mktemp("warm")) as ready:
        yield ready
