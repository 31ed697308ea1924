"""Messages of who a visitor is: asked at a kiosk, answered by a random id; the only ones that carry personal data.

Neither is kept anywhere on its way: QoS 0, not retained, never in an outbox or a journal. What is kept (a ticket taken,
an appointment checked in) names the visitor by the random id alone.
"""

from firmware.wire.fields import Bool, Int, ListOf, OneOf, Slug, Struct, Text
from firmware.wire.messages.base import Message, Report
from firmware.wire.messages.queue import TICKET_STATES

IDENTITY_KINDS = ("card", "code", "phone")
FOUND = ("found", "unknown", "several")
ARRIVALS = ("early", "on_time", "late")


class VisitorIdentify(Report):
    """Kiosk to hub: who is this? Answered by VisitorFound; ask again when no answer comes.

    ``kind`` card: the number on the identity card, ``name`` as the card says it. code: of the appointment.
    phone: the whole number or its last 4 digits.
    """

    name = "visitor/identify"
    boot: str = Slug(16)
    ask: int = Int(1, 2**31 - 1)  # counts the kiosk's questions, so that a late answer is not taken for another's
    kind: str = OneOf(*IDENTITY_KINDS)
    value: str = Text(40, 1)
    person: str = Text(40, default="")  # the name on the card


class Booking(Struct):
    """An appointment of today that is not checked in yet."""

    appointment: str = Text(40, 1)
    service: str = Slug()
    label: str = Text(40, 1)
    label_en: str = Text(60, default="")
    starts_at_ms: int = Int(0, 2**53)
    ends_at_ms: int = Int(0, 2**53)
    arrival: str = OneOf(*ARRIVALS)  # early: not yet; late: a ticket without precedence, where the site gives one


class OpenTicket(Struct):
    """A ticket of today that is not over: it can be printed again."""

    ticket: str = Text(24, 1)
    number: str = Text(12, 1)
    service: str = Slug()
    label: str = Text(40, 1)
    state: str = OneOf(*TICKET_STATES)
    ahead: int = Int(0, 100000)
    wait_min: int = Int(-1, 1440, default=-1)  # estimated; -1: nobody can tell


class VisitorFound(Message):
    """Hub to kiosk: the visitor's id, name as it may be shown, and what of today is known of them.

    ``result`` unknown: nobody of today by that code or phone. several: more than one; ask for the whole phone number or
    the card. ``visitor`` is empty then.
    """

    name = "visitor/found"
    max_bytes = 4096
    boot: str = Slug(16)
    ask: int = Int(1, 2**31 - 1)
    result: str = OneOf(*FOUND)
    visitor: str = Slug(32, default="", min_length=0)
    shown: str = Text(24, default="")
    appointments: "list[Booking]" = ListOf(Booking, 8, default=())
    tickets: "list[OpenTicket]" = ListOf(OpenTicket, 8, default=())
    is_new: bool = Bool(default=False)  # nothing of today is known of this visitor
