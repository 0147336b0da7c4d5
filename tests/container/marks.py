"""The marks of every test of this layer."""

from typing import Final

import pytest

CONTAINER_LAYER: Final = [
    pytest.mark.container,
    # One process: all tests share one image, and the slow runs that were started ahead.
    pytest.mark.xdist_group("container"),
    # The first test waits for the build, the last ones for a run of a minute.
    pytest.mark.timeout(300),
]
