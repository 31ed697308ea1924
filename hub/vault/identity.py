"""Identity: what may be known of a person, how it is written alike, and how much of a name may be shown."""

import msgspec

TAIL = 4  # digits of a phone number by which people are found


class Identity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Any of the fields may be empty. ``code`` is that of an appointment; the other fields are personal data."""

    name: str = ""
    card: str = ""
    phone: str = ""
    code: str = ""

    def __repr__(self) -> str:
        """Nothing of it: a value in a log or a traceback would be one too many."""
        return "Identity(…)"

    __str__ = __repr__


class Reader(msgspec.Struct, frozen=True):
    """Who asks the vault, and why: both are noted."""

    who: str
    why: str


def normal(kind: str, value: str) -> str:
    """One spelling of a card number, phone number or code, so that it is found however it was typed."""
    value = "".join(value.split()).upper()
    if kind in ("phone", "tail"):
        value = "".join(letter for letter in value if letter.isdigit())
        return value[-11:] if kind == "phone" else value[-TAIL:]
    return value


def masked(name: str) -> str:
    """``张*``: the first character and one star, whatever the length; nothing of an empty name."""
    name = name.strip()
    return name[0] + "*" if len(name) > 1 else "*" * len(name)
