"""Names that only one function or object knows are shortened on boards, and nothing changes what it does."""

import pytest

from hub.update.lean import lean


def test_arguments_and_private_attributes_lose_their_names_and_nothing_else_does() -> None:
    source = "class Door:\n    def __init__(self, width):\n        self._width = width\n        self.open = True\n"
    made = lean({"door.py": source})["door.py"]
    assert made == "class Door:\n\n    def __init__(self, _0):\n        self._0 = _0\n        self.open = True"


def test_a_private_attribute_of_another_modules_object_is_refused() -> None:
    door = "class Door:\n    def __init__(self, width):\n        self._width = width\n"
    with pytest.raises(ValueError, match=r"hand\.py uses door\._width, which is private elsewhere"):
        lean({"door.py": door, "hand.py": "def measure(door):\n    return door._width\n"})
