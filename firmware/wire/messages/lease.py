"""Messages of a kiosk that goes on without the hub: numbers lent to it, and the tickets it gave out meanwhile."""

from firmware.wire.fields import Int, ListOf, OneOf, Slug, Struct, Text
from firmware.wire.messages.base import Request, Show
from firmware.wire.messages.queue import LANGUAGES, PRIORITIES


class LeaseAsk(Request):
    """Kiosk to hub: numbers for when you are away, please; they come as ShowLease.

    ``holder`` is the random name that the kiosk's disk gave itself: another disk never gets the same numbers.
    """

    name = "lease/ask"
    holder: str = Slug(16)


class TicketOffline(Request):
    """Kiosk to hub: this ticket was given out while you were away; the paper is in a hand.

    ``taken_at_ms`` unix time by the hub's clock as the kiosk knew it; ``away_since_ms`` likewise, names the outage.
    """

    name = "ticket/offline"
    holder: str = Slug(16)
    day: str = Text(8, 1)  # YYYYMMDD, of the lease
    service: str = Slug()
    serial: int = Int(1, 99999)
    taken_at_ms: int = Int(0, 2**53)
    away_since_ms: int = Int(0, 2**53)
    language: str = OneOf(*LANGUAGES, default="zh")
    priority: str = OneOf(*PRIORITIES, default="none")
    priority_reason: str = Text(40, default="")
    persons: int = Int(1, 500, default=1)


class TicketUnprinted(Request):
    """Kiosk to hub: this answer came when its visitor had another ticket already; it was never printed."""

    name = "ticket/unprinted"
    ticket: str = Text(24, 1)


class LentNumbers(Struct):
    """Serials ``first`` to ``first + count - 1``; a number is ``prefix`` and serial, of 3 digits at least."""

    service: str = Slug()
    prefix: str = Text(2, 1)
    first: int = Int(1, 99999)
    count: int = Int(1, 200)


class ShowLease(Show):
    """Hub to kiosk: what is lent to ``holder`` for ``day``, which ends at ``ends_at_ms``, unix time; and for
    ``next_day``, the next one that is open, should the hub be away when it begins.

    ``block``: how many numbers a kiosk gets of each service; 0: none. ``after_s``: without the hub for so long, it
    gives them out.
    """

    name = "show/lease"
    max_bytes = 49152
    holder: str = Slug(16, default="", min_length=0)
    day: str = Text(8)  # empty before anything happened
    ends_at_ms: int = Int(0, 2**53)
    block: int = Int(0, 200)
    after_s: int = Int(3, 600)
    leases: "list[LentNumbers]" = ListOf(LentNumbers, 140, default=())
    next_day: str = Text(8, default="")
    next_ends_at_ms: int = Int(0, 2**53, default=0)
    next_leases: "list[LentNumbers]" = ListOf(LentNumbers, 140, default=())
