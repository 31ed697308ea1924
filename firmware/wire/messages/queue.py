"""Messages of the queue: ticket kiosks, call terminals, evaluation terminals."""

from firmware.wire.fields import Bool, Int, ListOf, OneOf, Slug, Struct, Text
from firmware.wire.messages.base import Answer, Request, Show

LANGUAGES = ("zh", "yue", "en")
PRIORITIES = ("none", "elderly", "disabled", "military", "pregnant", "other")
TICKET_STATES = ("waiting", "called", "serving", "held", "finished", "passed", "expired")
WINDOW_STATES = ("closed", "open", "paused")


class TicketTake(Request):
    """Kiosk to hub: a visitor chose a service.

    ``visitor`` is the random id of a VisitorFound: whose open ticket for this service is printed again instead, and
    whose appointment for it, if it is time, is checked in. ``visit`` is another open ticket of the same visitor: nobody
    calls one of them while the other is at a window.
    """

    name = "ticket/take"
    service: str = Slug()
    language: str = OneOf(*LANGUAGES, default="zh")
    priority: str = OneOf(*PRIORITIES, default="none")
    priority_reason: str = Text(40, default="")  # why, in a guide's words; no names
    visitor: str = Slug(32, default="", min_length=0)
    visit: str = Text(24, default="")
    persons: int = Int(1, 500, default=1)  # a group that is served together


class TicketCheckIn(Request):
    """Kiosk to hub: the visitor came for an appointment of today; a ticket with its precedence, please."""

    name = "ticket/checkin"
    visitor: str = Slug(32)
    appointment: str = Text(40, 1)
    language: str = OneOf(*LANGUAGES, default="zh")
    priority: str = OneOf(*PRIORITIES, default="none")
    priority_reason: str = Text(40, default="")


class TicketReprint(Request):
    """Kiosk to hub: print today's ticket with this number again.

    ``visitor`` is the random id of a VisitorFound, whose ticket it is; only then the paper proves itself for a rating.
    """

    name = "ticket/reprint"
    number: str = Text(12, 1)
    visitor: str = Slug(32, default="", min_length=0)


class TicketIssued(Answer):
    """Hub to kiosk: print this. The answer to TicketTake, TicketCheckIn and TicketReprint."""

    name = "ticket/issued"
    max_bytes = 768
    ticket: str = Text(24, 1)  # unique for ever: 20261122-HA001
    number: str = Text(12, 1)  # what people read and hear: HA001
    service: str = Slug()
    ahead: int = Int(0, 100000)  # visitors before this one, at the time of issue
    issued_at_ms: int = Int(0, 2**53)
    priority: str = OneOf(*PRIORITIES, default="none")
    reprint: bool = Bool(default=False)
    booked: bool = Bool(default=False)  # has the precedence of an appointment
    persons: int = Int(1, 500, default=1)
    wait_min: int = Int(-1, 1440, default=-1)  # estimated; -1: nobody can tell
    offline: bool = Bool(default=False)  # by a kiosk alone: nobody knows who is ahead
    link: str = Text(144, default="")  # where the visitor rates afterwards, for the code on the paper
    check: str = Text(8, default="")  # with the number it proves the paper, for a rating at a kiosk


class ServiceOffer(Struct):
    """One button of a kiosk. ``group``: place in `ShowServices.groups`; ``initials``: of the label's pinyin, A to Z."""

    service: str = Slug()
    label: str = Text(40, 1)
    label_en: str = Text(60, default="")
    waiting: int = Int(0, 100000)
    wait_min: int = Int(-1, 1440, default=-1)  # estimated, for one who comes now; -1: nobody can tell
    group: int = Int(0, 23, default=0)
    initials: str = Text(40, default="")


class OfferGroup(Struct):
    """A department or hall, by which a visitor may look for a service."""

    label: str = Text(40, 1)
    label_en: str = Text(60, default="")


class OpenSpan(Struct):
    """When tickets are issued, unix ms; ``ends_at_ms`` is outside."""

    starts_at_ms: int = Int(0, 2**53)
    ends_at_ms: int = Int(0, 2**53)


class ShowServices(Show):
    """Hub to kiosk: what can be chosen, how many wait for each, and when.

    ``has_hours``: outside ``opens``, which tells a few days, no tickets are to be had; else always. ``group_max``: so
    many people may come on one ticket.
    """

    name = "show/services"
    max_bytes = 61440  # everything at its longest takes 59,000; a broker takes 65,536
    hall: str = Text(40)
    offers: "list[ServiceOffer]" = ListOf(ServiceOffer, 140)
    groups: "list[OfferGroup]" = ListOf(OfferGroup, 24, default=())
    has_hours: bool = Bool(default=False)
    opens: "list[OpenSpan]" = ListOf(OpenSpan, 24, default=())
    group_max: int = Int(1, 500, default=1)


class _AtWindow(Request):
    """What a clerk or a visitor does at a window. ``unit``: which of the units on a window terminal's line; else 0."""

    unit: int = Int(0, 254, default=0)


class WindowOpen(_AtWindow):
    """Call terminal: the window takes visitors."""

    name = "window/open"


class WindowPause(_AtWindow):
    """Call terminal: the window stops for a while."""

    name = "window/pause"
    reason: str = Text(40, default="")


class WindowClose(_AtWindow):
    """Call terminal: the window is done for today."""

    name = "window/close"


class TicketCall(_AtWindow):
    """Call terminal: the next visitor, please."""

    name = "ticket/call"


class _AboutTicket(_AtWindow):
    """A request about the ticket that the terminal shows; ``ticket`` guards against a press meant for another."""

    ticket: str = Text(24, 1)


class TicketRecall(_AboutTicket):
    """Call the same visitor again."""

    name = "ticket/recall"


class TicketPass(_AboutTicket):
    """The visitor did not come."""

    name = "ticket/pass"


class TicketServe(_AboutTicket):
    """The visitor is here; the work begins."""

    name = "ticket/serve"


class TicketFinish(_AboutTicket):
    """The work is done."""

    name = "ticket/finish"


class TicketHold(_AboutTicket):
    """Park the ticket at this window."""

    name = "ticket/hold"


class TicketResume(_AboutTicket):
    """Call back a ticket that is held at this window."""

    name = "ticket/resume"


class TicketTransfer(_AboutTicket):
    """Send the visitor on to another service, or to one window; now or in ``after_min`` minutes, for good or not."""

    name = "ticket/transfer"
    service: str = Slug(default="", min_length=0)
    window: str = Slug(default="", min_length=0)
    comes_back: bool = Bool(default=False)  # to this window, when it is done there
    after_min: int = Int(0, 600, default=0)


class TicketUndo(_AboutTicket):
    """Call terminal: take the last act back, which was about this ticket; possible for some seconds."""

    name = "ticket/undo"


class StaffSignIn(Request):
    """Call terminal: this clerk sits here now."""

    name = "staff/sign_in"
    staff: str = Slug(32)


class StaffSignOut(Request):
    """Call terminal: the clerk who sat here goes."""

    name = "staff/sign_out"


class NextTicket(Struct):
    """One who waits and whom a window may call."""

    number: str = Text(12, 1)
    mark: str = OneOf("", "priority", "booked", default="")


class ShowWindow(Show):
    """Hub to call terminal: the state of its window, who is there, how many wait and who they are, the first first."""

    name = "show/window"
    max_bytes = 3072
    state: str = OneOf(*WINDOW_STATES)
    ticket: str = Text(24, default="")
    number: str = Text(12, default="")
    ticket_state: str = OneOf("", *TICKET_STATES, default="")
    service: str = Text(40, default="")
    waiting: int = Int(0, 100000)
    held: "list[str]" = ListOf(Text(24), 20, default=())
    staff: str = Text(40, default="")  # who is signed in
    persons: int = Int(1, 500, default=1)  # on the ticket
    reason: str = Text(40, default="")  # of a priority
    undo: str = Text(24, default="")  # the ticket of the last act, if it can be taken back
    undo_until_ms: int = Int(0, 2**53, default=0)  # unix time
    next: "list[NextTicket]" = ListOf(NextTicket, 12, default=())


class ShowUnit(ShowWindow):
    """Hub to window terminal, one slot a unit: its window, and the ticket that may be rated there."""

    name = "show/unit"
    slotted = True
    max_bytes = 2048
    rating: str = Text(24, default="")


class ShowEvaluation(Show):
    """Hub to evaluation terminal: ask for a rating of ``ticket``, or (empty) show the resting page.

    ``staff``: the number on the badge of who works here; ``photo``: SHA-256 of their picture, at ``url`` over HTTP.
    ``link``: where the same service may be rated on a phone instead; empty: nowhere. ``rated``: the ticket that was
    rated last here, whichever way.
    """

    name = "show/evaluation"
    max_bytes = 1024
    ticket: str = Text(24, default="")
    number: str = Text(12, default="")
    staff: str = Text(16, default="")
    staff_name: str = Text(24, default="")
    photo: str = Text(64, default="")
    url: str = Text(160, default="")
    link: str = Text(160, default="")
    rated: str = Text(24, default="")


class Evaluate(_AtWindow):
    """Evaluation terminal: a visitor rated the service just rendered. 5 very satisfied … 1 very dissatisfied.

    Reasons are the national indicator codes; 3 digits, the first is the level.
    """

    name = "evaluation/rate"
    max_bytes = 768
    ticket: str = Text(24, 1)
    level: int = Int(1, 5)
    reasons: "list[int]" = ListOf(Int(100, 599), 8, default=())
    remark: str = Text(80, default="")  # in the visitor's own words
