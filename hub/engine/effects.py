"""Effects: what the outside must be told, as values. `react` makes them from events, hub.effects performs them.

All are idempotent: a slot shows what the state says, however often it is refreshed; an act is done once by id, and
taken back as often as one likes.
"""

import msgspec


class Refresh(msgspec.Struct, frozen=True):
    """One slot of one device shows something new. ``message`` is the name of a Show; ``flash`` draws the eye to it.

    ``can_wait``: only a count of waiting people changed, which nobody has just asked for.
    """

    device: str
    message: str
    slot: int = 0
    flash: bool = False
    can_wait: bool = False


class Play(msgspec.Struct, frozen=True):
    """An announcement in the state waits for its amplifier."""

    act: str


class Withdraw(msgspec.Struct, frozen=True):
    """An announcement in the state is not to be said any more."""

    act: str


Effect = Refresh | Play | Withdraw
