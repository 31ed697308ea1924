"""Requests: what somebody wants, as typed values, checked at the edge. Verbs; `decide` says yes or no.

``at_ms`` is unix time in milliseconds, set by the hub when it took the message. ``by`` is who asks: a device id, or
``admin`` for the CLI and API.
"""

import msgspec

from firmware.wire.messages.speech import NOTICE


class Request(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    at_ms: int
    by: str


class TakeTicket(Request, frozen=True, kw_only=True):
    """``by`` is the kiosk."""

    service: str
    language: str = "zh"
    priority: str = "none"
    reason: str = ""
    visitor: str = ""
    visit: str = ""
    persons: int = 1


class AskLease(Request, frozen=True, kw_only=True):
    """``by`` is the kiosk; ``holder`` the random name that its disk gave itself."""

    holder: str


class AdmitTicket(Request, frozen=True, kw_only=True):
    """``by`` is the kiosk, which gave this ticket out when it could not reach the hub, since ``away_since_ms``."""

    holder: str
    day: str
    service: str
    serial: int
    taken_at_ms: int
    away_since_ms: int
    language: str = "zh"
    priority: str = "none"
    reason: str = ""
    persons: int = 1


class WithdrawTicket(Request, frozen=True, kw_only=True):
    """``by`` is the kiosk that asked for the ticket, and never printed it."""

    ticket: str


class CheckIn(Request, frozen=True, kw_only=True):
    """``by`` is the kiosk; the visitor says which of their appointments they came for."""

    visitor: str
    appointment: str
    language: str = "zh"
    priority: str = "none"
    reason: str = ""


class BookAppointment(Request, frozen=True, kw_only=True):
    """Also a change of one that is known: who books may say so again."""

    appointment: str
    visitor: str
    service: str
    starts_at_ms: int
    ends_at_ms: int


class CancelAppointment(Request, frozen=True, kw_only=True):
    appointment: str


class ReprintTicket(Request, frozen=True, kw_only=True):
    number: str
    visitor: str = ""  # who showed a card or a code at the kiosk


class GivePriority(Request, frozen=True, kw_only=True):
    """``by`` is the person; ``ticket`` an id, ``priority`` one of the wire's, ``none`` takes it away."""

    ticket: str
    priority: str
    reason: str


class OpenWindow(Request, frozen=True, kw_only=True):
    window: str


class PauseWindow(Request, frozen=True, kw_only=True):
    window: str
    reason: str = ""


class CloseWindow(Request, frozen=True, kw_only=True):
    window: str


class CallNext(Request, frozen=True, kw_only=True):
    window: str


class AboutTicket(Request, frozen=True, kw_only=True):
    """A request of a window about one ticket id."""

    window: str
    ticket: str


class RecallTicket(AboutTicket, frozen=True, kw_only=True):
    pass


class PassTicket(AboutTicket, frozen=True, kw_only=True):
    pass


class ServeTicket(AboutTicket, frozen=True, kw_only=True):
    pass


class FinishTicket(AboutTicket, frozen=True, kw_only=True):
    pass


class HoldTicket(AboutTicket, frozen=True, kw_only=True):
    pass


class ResumeTicket(AboutTicket, frozen=True, kw_only=True):
    pass


class TransferTicket(AboutTicket, frozen=True, kw_only=True):
    """To another ``to_service``, or to ``to_window`` (which must serve the ticket's service).

    ``comes_back``: to this window, when it is done there. ``after_min``: joins the line then.
    """

    to_service: str = ""
    to_window: str = ""
    comes_back: bool = False
    after_min: int = 0


class UndoAct(AboutTicket, frozen=True, kw_only=True):
    """Takes the window's last act back, which must have been about this ticket."""


class SignIn(Request, frozen=True, kw_only=True):
    window: str
    staff: str


class SignOut(Request, frozen=True, kw_only=True):
    window: str


class RateService(AboutTicket, frozen=True, kw_only=True):
    """A person's act on a window's terminal, at a kiosk with the ticket's paper, or on the page of the ticket's code;
    there is no other way to make one.

    ``words``: where the vault keeps what was written. ``nth``: which of the ticket's services, as the page knows; 0:
    the newest at this window. ``code``: of the paper, as a kiosk says; the inbox puts the ``ticket`` that it proves in
    its place, and ``is_proven``.
    """

    level: int
    reasons: tuple[int, ...] = ()
    words: str = ""
    nth: int = 0
    code: str = ""
    is_proven: bool = False


class MoveCase(Request, frozen=True, kw_only=True):
    """``by`` is the person who does it; ``act`` is one of `moves.CASE`. ``to`` and ``note``: as in `Step`.

    ``reasons``: of a contact only, the codes of what the visitor says was the matter.
    """

    case: str
    act: str
    to: str = ""
    note: str = ""
    reasons: tuple[int, ...] = ()


class ClerkCounts(msgspec.Struct, frozen=True, kw_only=True):
    """A clerk's week as it was counted; ``rated`` and ``satisfied`` of valid ratings."""

    staff: str
    served: int
    stay_s: int
    rated: int
    satisfied: int


class CloseFigures(Request, frozen=True, kw_only=True):
    """The hub counted a week that is over; ``first`` and ``last``: YYYYMMDD."""

    first: str
    last: str
    rows: tuple[ClerkCounts, ...] = ()


class RaiseAlarm(Request, frozen=True, kw_only=True):
    """``by`` is the help button; ``held_ms``: how long it was held when it told."""

    held_ms: int = 0


class AcknowledgeAlarm(Request, frozen=True, kw_only=True):
    alarm: str


class CloseAlarm(Request, frozen=True, kw_only=True):
    """``note`` goes on the dispatch sheet."""

    alarm: str
    note: str = ""


class Announce(Request, frozen=True, kw_only=True):
    """Play a phrase of the clip bank on a channel, or ``text``, which was made into ``clips``."""

    channel: str
    phrase: str = ""
    priority: int = NOTICE
    text: str = ""
    clips: tuple[str, ...] = ()
    expires_s: int = 0  # 0: as the site says for calls


class WithdrawAnnouncement(Request, frozen=True, kw_only=True):
    """A person does not want it said any more."""

    act: str


class ConfirmAct(Request, frozen=True, kw_only=True):
    """The amplifier played it, could not, or was asked not to."""

    act: str
    result: str


class NoteDevice(Request, frozen=True, kw_only=True):
    """Presence found that a device came or went."""

    device: str
    is_online: bool


class NotePart(Request, frozen=True, kw_only=True):
    """The device ``by`` says how one of its parts is; ``fault`` is empty when it is well."""

    part: str
    fault: str


class LookAtClock(Request, frozen=True, kw_only=True):
    """Something of the day may be due: the end of a section, a time at which the queues are cleared."""


class ClearQueue(Request, frozen=True, kw_only=True):
    """A person ends all that waits, in one hall or (empty) everywhere."""

    hall: str = ""


class LightStrips(Request, frozen=True, kw_only=True):
    """The clock passed a time at which strips change their brightness."""


class SkipNumbers(Request, frozen=True, kw_only=True):
    """A backup was restored: leave out so many numbers of each service, today."""

    count: int


class TurnDay(Request, frozen=True, kw_only=True):
    """The clock passed midnight."""


class NotePunch(Request, frozen=True, kw_only=True):
    """``by`` is the attendance terminal. Fields as in `hub.engine.events.StaffPunched`."""

    badge: str
    punched_at_ms: int
    state: int = 0
    verified_by: int = 0
    drift_ms: int | None = None
