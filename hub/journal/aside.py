"""What is kept of a delivery: a record that a platform would not have, and a receipt for those that it has."""

import msgspec


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """Refused, or waiting behind one that was; kept so that a person can mend it.

    ``record`` is the JSON to be sent; ``reason`` the platform's own words, or ``behind``; ``state`` is ``kept``,
    then ``due`` when a person wants it sent again.
    """

    id: str
    position: int
    subject: str
    record: str
    reason: str
    at_ms: int
    state: str = "kept"
    is_mended: bool = False


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The platform has ``records`` of them, ``first_id`` to ``last_id``; ``receipt`` is what it said, often nothing."""

    first_id: str
    last_id: str
    records: int
    at_ms: int
    receipt: str = ""
