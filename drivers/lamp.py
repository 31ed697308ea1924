"""A signal lamp: the words of the roles, turned into light."""

try:
    from drivers.ports import PatternPort
except ImportError:  # a board may leave the protocols out
    pass

# word -> (on_ms, off_ms)
PATTERNS = {"off": (0, 1000), "steady": (1000, 0), "blink": (250, 250), "slow": (200, 1800)}

FAST = (80, 80)


class Lamp:
    """``off``, ``steady``, ``blink`` (twice a second) or ``slow`` (a wink every two seconds)."""

    def __init__(self, port: "PatternPort") -> None:
        self.port = port
        self._shows = ""
        self.set("off")

    def locate(self, who: "object") -> None:
        """Hurry, so that whoever looks for this device sees it, until None; a word that comes meanwhile is shown."""
        self.port.pattern(*(FAST if who else PATTERNS[self._shows]))

    def set(self, word: str) -> None:
        """Show ``word`` from now on; the same word again does not restart the rhythm. KeyError for another word."""
        on_ms, off_ms = PATTERNS[word]
        if word != self._shows:
            self.port.pattern(on_ms, off_ms)
            self._shows = word
