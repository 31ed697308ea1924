"""What every shape is, and those that many routes share."""

import msgspec


class Shape(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An answer has these fields and no other."""


class Refusal(Shape):
    """Why not: a sentence, or for 409 often the code of a rule, such as `alarm.acknowledged`."""

    detail: str


class Done(Shape):
    """It is in the journal, at this position."""

    position: int
