"""What was read from a card, on its way to the vault: it shows nothing of itself and can be opened once."""

from drivers.faults import PartFault
from drivers.id_card.framing import PART, wipe
from drivers.id_card.layouts import FOREIGNER_2017, FOREIGNER_2023, field, is_number, kind_of

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

FOR_EVER = "长期"


class Identity:
    """``kind`` is the layout of the card, no personal data. The bytes are overwritten when they have been taken.

    Raises PartFault when the text is no card's or its number has a wrong check digit.
    """

    def __init__(self, text: bytearray) -> None:
        self.kind = kind_of(text)
        if not is_number(self.kind, field(text, self.kind, "number")):
            wipe(text)
            raise PartFault(PART, "the number on the card is not one of such a card")
        self._text = text
        self._names()  # here, and not when the vault opens it, is a card with broken text turned away

    def take(self) -> "dict[str, str]":
        """``number``, ``name``, and ``name_en`` of a foreigner: once, for the vault. Raises ValueError afterwards."""
        if not self._text:
            raise ValueError("an identity is opened once; read the card again")
        taken = self._names()
        taken["number"] = self._field("number")
        self.forget()
        return taken

    def is_valid_on(self, day: str) -> bool:
        """Whether the card is valid on ``day``, YYYYMMDD; a card without an end is. False once it was taken."""
        if not self._text:
            return False
        until = self._field("valid_until")
        return self._field("valid_from") <= day and (until in ("", FOR_EVER) or day <= until)

    def forget(self) -> None:
        """Overwrites it unread: nobody wanted it."""
        wipe(self._text)
        self._text = bytearray()

    def _names(self) -> "dict[str, str]":
        names = {"name": self._field("name")}
        if self.kind == FOREIGNER_2017:
            names["name_en"] = self._field("name_en")
        elif self.kind == FOREIGNER_2023:
            names["name_en"] = (self._field("name_en") + self._field("name_en_more")).strip()
        return names

    def _field(self, name: str) -> str:
        return field(self._text, self.kind, name)

    def __repr__(self) -> str:
        return "<Identity>"

    def __reduce__(self) -> "Any":
        raise TypeError("an identity is written nowhere")
