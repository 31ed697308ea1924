"""What pytest tidies up after portable tests; on a board the process ends."""

from collections.abc import Iterator

import pytest

from tests.portable.outlet import Outlet


@pytest.fixture(autouse=True)
def _close_outlets() -> Iterator[None]:
    yield
    while Outlet.opened:
        Outlet.opened.pop().close()
