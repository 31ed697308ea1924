"""A keypad that Linux sees as a keyboard."""

from typing import Any

from drivers.keypad import CALL_KEYS, LEVEL_KEYS, Keypad
from drivers.linux.input_events import InputDevice, Keys


def make(row: dict[str, Any], board: dict[str, Any]) -> Keypad:
    """The first codes are the kind's own keys in their order, those beyond transfer to the site's services."""
    words = LEVEL_KEYS if board["kind"] == "evaluation_terminal" else CALL_KEYS
    words += tuple("transfer:" + service for service, _name in board.get("settings", {}).get("services", ()))
    return Keypad(Keys(InputDevice(row["input"], is_extra=True), row["codes"]), words)
