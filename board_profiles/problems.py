"""What is wrong with a board profile, all of it, one line each: file, key, what is wrong, what would be right."""

from firmware.words import words


class ProfileError(ValueError):
    """``lines`` is one line per fault, for the person who wires or orders boards."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Problems:
    """Gathers faults. ``overlay`` is the operator's own part of the profile: a fault there names the overlay's file."""

    def __init__(self, file: str, language: str = "zh", overlay_file: str = "", overlay: object = None) -> None:
        self.lines: list[str] = []
        self._file = file
        self._language = language
        self._overlay_file = overlay_file
        self._overlay = overlay

    def add(self, code: str, key: str = "", **facts: object) -> None:
        """One fault: ``code`` is a word of the catalogue without ``profile.wrong.``."""
        parts = [self._file_of(key), key, words("profile.wrong." + code, self._language, **facts)]
        line = ": ".join(part for part in parts if part)
        if line not in self.lines:
            self.lines.append(line)

    def right(self, what: str) -> str:
        """What a good value looks like."""
        return words("profile.right." + what, self._language)

    def why_not(self, reason: str) -> str:
        """Why a pin is taken."""
        return words("profile.pin." + reason, self._language)

    def raise_all(self) -> None:
        """Raises ProfileError when there is anything to raise."""
        if self.lines:
            raise ProfileError(self.lines)

    def _file_of(self, key: str) -> str:
        at = self._overlay
        for step in key.split("."):
            if not isinstance(at, dict) or step not in at:
                return self._file
            at = at[step]
        return self._overlay_file
