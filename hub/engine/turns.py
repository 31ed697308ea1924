"""Turns: the rules by which a window's next visitor is chosen, as values. Read and checked by `hub.policy_file`.

A rule looks only at what all who stand in one line have in common and at how long its first one has waited, so it holds
for the first of a line whenever it holds for anybody in it. That is why a call costs the same however many wait.
"""

import msgspec

PRIORITY, BOOKED, WAITING = "priority", "booked", "waiting"  # the three lines of a service or window
LINES = (PRIORITY, BOOKED, WAITING)

FIRST, LAST, PLUS, TIMES = "first", "last", "plus", "times"


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """When all of it is true of the first one in a line: then. Empty tuples and zeros say nothing.

    ``lines`` of `LINES`; ``services`` and ``windows`` ids; ``sent_here`` only that window may call it; ``waited_min``
    more than so long; ``is_due`` the appointment has begun. ``then`` first or last: before or after all whom no rule
    names, rules above before rules below; plus: as if having waited ``amount`` min longer; times: ``amount`` times as
    long.
    """

    text: str
    lines: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    sent_here: bool = False
    waited_min: int = 0
    is_due: bool = False
    then: str = FIRST
    amount: int = 0


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """``turns`` in order; ``weights``: window → service → how much faster waiting for it counts there.

    The usual turns: who has a priority or a due appointment first; but nobody who has waited over an hour is passed
    over, however many of them come.
    """

    name: str = ""
    turns: tuple[Turn, ...] = (
        Turn(text="when waited over 60 min then first", waited_min=60),
        Turn(text="when priority then first", lines=(PRIORITY,)),
        Turn(text="when appointment due then first", lines=(BOOKED,), is_due=True),
    )
    weights: dict[str, dict[str, int]] = {}
