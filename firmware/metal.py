"""What is on a microcontroller beside the agent: its network, its own LED, its watchdog. Only its start needs this.

Parts are made first, and their makers forgotten, before the agent's code is loaded: a small board has no room for all
of it at once.
"""

from firmware import memory

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def ready(board_path: str, tree: "dict[str, Any]") -> "Any":
    """The agent; what was needed to make it is forgotten. ``tree`` is what boot.py chose."""
    from firmware.main import build, forget_start

    metal = _Metal()
    agent = build(board_path, metal.make_parts, tree, metal.surround)
    forget_start()
    memory.settle()
    return agent


class _Metal:
    def __init__(self) -> None:
        self._led: "Any" = None
        self._troubles: "list[tuple[str, Exception]] | None" = None

    def make_parts(self, board: "dict[str, Any]") -> "Any":
        """Not called in safe mode, which has no parts."""
        from firmware.parts import make_parts

        parts = make_parts(board)
        self._bring_up(board)
        return parts

    def _bring_up(self, board: "dict[str, Any]") -> None:
        """Without network or LED the device still works: a press is kept."""
        from firmware.parts import status_led
        from firmware.platform.network import bring_up

        self._troubles = []
        for what, build in (("network", bring_up), ("led", status_led)):
            try:
                built = build(board)
                if what == "led":
                    self._led = built
            except (OSError, ValueError) as error:
                self._troubles.append((what, error))
        memory.forget("firmware.parts", "firmware.platform", "drivers")

    def surround(self, board: "dict[str, Any]", agent: "Any") -> None:
        """Before the agent runs."""
        if self._troubles is None:
            self._bring_up(board)
        for what, error in self._troubles or ():
            agent.note(what, error)
        agent.locator = self._led
        timeout_ms = board.get("profile", {}).get("watchdog_ms", 0)
        if timeout_ms:
            from firmware.watchdog import Watchdog

            # Last: once it is awake nothing stops it.
            agent.watchdog = Watchdog(__import__("machine").WDT(timeout=timeout_ms), agent)
