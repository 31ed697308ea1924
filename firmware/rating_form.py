"""A rating that is being made on a glass: a level, reasons for it, words of the visitor's own, and then it is sent."""

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

LEVELS = ("1", "2", "3", "4", "5")
MOST_REASONS, MOST_LETTERS = 8, 80  # as Evaluate and RateByPaper
POOR = 2  # this level and the one below are sent with a reason only


class RatingForm:
    """``level`` is 0 before one was touched; ``typing``: what writes the remark, while somebody does."""

    def __init__(self) -> None:
        self.begin(0)

    def begin(self, level: int) -> None:
        """With nothing but this level."""
        self.level = level
        self.reasons: "list[int]" = []
        self.remark = ""
        self.typing: "Any" = None

    def push(self, button: str) -> bool:
        """A button of one of the pages; True when the rating is to be sent."""
        word, _, value = button.partition(":")
        if not self.level:
            if button in LEVELS:
                self.begin(int(button))
        elif self.typing is not None:
            if self.typing.push(button):
                self.remark, self.typing = self.typing.text[:MOST_LETTERS], None
        elif word == "reason":
            self._choose(int(value))
        elif word == "write":
            from firmware.screens.own_words import Typing  # only where there is a touch screen

            self.typing = Typing(self.remark, MOST_LETTERS)
        elif word == "back":
            self.level = 0
        return word == "submit" and self._is_whole()

    def _is_whole(self) -> bool:
        if not self.level or self.typing is not None:
            return False
        return self.level > POOR or bool(self.reasons) or bool(self.remark)

    def _choose(self, code: int) -> None:
        if code in self.reasons:
            self.reasons.remove(code)
        elif len(self.reasons) < MOST_REASONS:
            self.reasons.append(code)

    def page(self) -> "tuple[str, dict[str, Any]]":
        """The page that is due, as `firmware.screens.evaluation` calls it, and what it says of the rating."""
        if self.typing is not None:
            return "words", self.typing.content()
        if self.level:
            return "why", {"level": self.level, "reasons": list(self.reasons), "remark": self.remark}
        return "asking", {}
