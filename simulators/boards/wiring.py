"""Which part of a virtual board hangs on which pin, as its profile says."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulators.boards.builds import ITSELF, SAYS

PROFILES = Path(__file__).resolve().parents[2] / "board_profiles"


class Wiring:
    """``profile``: the name of a file in board_profiles, or a table: a whole profile (with ``kinds``), or the tree of
    one device as in its board.json (with ``parts``). ``name`` is the board's, for what goes wrong.
    """

    def __init__(self, name: str, profile: Mapping[str, Any] | str | None) -> None:
        self._name = name
        if isinstance(profile, str):
            profile = tomllib.loads((PROFILES / f"{profile}.toml").read_text(encoding="utf-8"))
        tree = profile or {}
        self.chip = str(tree.get("chip", ""))
        self.says = SAYS.get(str(tree.get("image", {}).get("build", "")), ITSELF)
        self.rom_bytes = int(tree.get("files", {}).get("rom_kb", 0)) * 1024
        self.files_bytes = max(int(tree.get("files", {}).get("size_kb", 0)) * 1024 - self.rom_bytes, 0)
        self._parts: dict[str, Mapping[str, Any]] = {}
        for kind in tree.get("kinds", {}).values():
            self._parts.update(kind.get("parts", {}))
        self._parts.update(tree.get("parts", {}))
        if tree.get("led"):
            self._parts["led"] = tree["led"]

    def loop(self, part: str) -> tuple[int, int | None]:
        """The pins that measure the loop of this part and watch its case. LookupError when it has no loop."""
        row = self._parts.get(part, {})
        if row.get("driver") != "button_loop":
            raise LookupError(f"{self._name}: no {part} on a loop; its driver is {row.get('driver', 'none')}")
        return int(row["pin"]), row.get("case")

    def pin(self, part: str | int, is_input: bool) -> tuple[int, bool]:
        """Its pin, and whether it is active low: contacts are unless the profile says so, lights are not.

        A pin's own number may be given instead of a part's name. LookupError when there is no such part on a pin.
        """
        if isinstance(part, int):
            return part, is_input
        row = self._parts.get(part, {})
        if "pin" not in row:
            raise LookupError(f"{self._name}: no {part} on a pin; it has " + (", ".join(self._parts) or "none"))
        return int(row["pin"]), bool(row.get("active_low", is_input))
