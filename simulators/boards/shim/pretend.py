"""The module sys of a board that stands for a real one: it says what MicroPython says there."""

# mypy: ignore-errors
import sys


class _Over:
    """``below``, but for what ``above`` has."""

    def __init__(self, below, above):
        self._below = below
        self._above = above

    def __getattr__(self, name):
        return self._above[name] if name in self._above else getattr(self._below, name)


def install(platform, machine):
    """From now on ``import sys`` gives it."""
    implementation = _Over(sys.implementation, {"_machine": machine})
    sys.modules["sys"] = _Over(sys, {"platform": platform, "implementation": implementation})
