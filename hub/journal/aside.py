"""A record that a platform would not have, or that waits behind one: kept, so that a person can mend it."""

import msgspec


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """``record`` is the JSON that was to be sent; ``reason`` the platform's own words, or ``behind``."""

    id: str
    position: int
    subject: str
    record: str
    reason: str
    at_ms: int
