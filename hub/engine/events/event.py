"""Event: what all events have: when it was. No personal data in any of them."""

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True, gc=False):
    at_ms: int
