"""Events: what happened, in the past tense. The journal holds these and nothing else; no personal data in them.

A module per subject; whoever uses events imports them from here.
"""

import msgspec

from hub.engine.events.alarms import AlarmAcknowledged as AlarmAcknowledged
from hub.engine.events.alarms import AlarmClosed as AlarmClosed
from hub.engine.events.alarms import AlarmPressedAgain as AlarmPressedAgain
from hub.engine.events.alarms import AlarmRaised as AlarmRaised
from hub.engine.events.announcements import AnnouncementEnded as AnnouncementEnded
from hub.engine.events.announcements import AnnouncementQueued as AnnouncementQueued
from hub.engine.events.announcements import AnnouncementWithdrawn as AnnouncementWithdrawn
from hub.engine.events.appointments import AppointmentBooked as AppointmentBooked
from hub.engine.events.appointments import AppointmentCancelled as AppointmentCancelled
from hub.engine.events.appointments import AppointmentChanged as AppointmentChanged
from hub.engine.events.appointments import AppointmentCheckedIn as AppointmentCheckedIn
from hub.engine.events.appointments import AppointmentEvent as AppointmentEvent
from hub.engine.events.appointments import AppointmentMissed as AppointmentMissed
from hub.engine.events.cases import CaseMoved as CaseMoved
from hub.engine.events.cases import CaseOpened as CaseOpened
from hub.engine.events.cases import CaseOverdue as CaseOverdue
from hub.engine.events.devices import DeviceCame as DeviceCame
from hub.engine.events.devices import DeviceLeft as DeviceLeft
from hub.engine.events.devices import PartFailed as PartFailed
from hub.engine.events.devices import PartRecovered as PartRecovered
from hub.engine.events.devices import StripsLit as StripsLit
from hub.engine.events.event import Event as Event
from hub.engine.events.figures import ClerkWeek as ClerkWeek
from hub.engine.events.figures import FiguresClosed as FiguresClosed
from hub.engine.events.hall import DayTurned as DayTurned
from hub.engine.events.hall import RequestRefused as RequestRefused
from hub.engine.events.tickets import ActUndone as ActUndone
from hub.engine.events.tickets import LeaseGranted as LeaseGranted
from hub.engine.events.tickets import NumbersSkipped as NumbersSkipped
from hub.engine.events.tickets import OfflineTicketRefused as OfflineTicketRefused
from hub.engine.events.tickets import QueueCleared as QueueCleared
from hub.engine.events.tickets import QueueWarned as QueueWarned
from hub.engine.events.tickets import SectionEnded as SectionEnded
from hub.engine.events.tickets import ServiceRated as ServiceRated
from hub.engine.events.tickets import TicketBooked as TicketBooked
from hub.engine.events.tickets import TicketCalled as TicketCalled
from hub.engine.events.tickets import TicketEvent as TicketEvent
from hub.engine.events.tickets import TicketExpired as TicketExpired
from hub.engine.events.tickets import TicketFinished as TicketFinished
from hub.engine.events.tickets import TicketHeld as TicketHeld
from hub.engine.events.tickets import TicketPassed as TicketPassed
from hub.engine.events.tickets import TicketPrioritised as TicketPrioritised
from hub.engine.events.tickets import TicketRecalled as TicketRecalled
from hub.engine.events.tickets import TicketReleased as TicketReleased
from hub.engine.events.tickets import TicketReprinted as TicketReprinted
from hub.engine.events.tickets import TicketRequeued as TicketRequeued
from hub.engine.events.tickets import TicketResumed as TicketResumed
from hub.engine.events.tickets import TicketReturned as TicketReturned
from hub.engine.events.tickets import TicketServed as TicketServed
from hub.engine.events.tickets import TicketTaken as TicketTaken
from hub.engine.events.tickets import TicketTransferred as TicketTransferred
from hub.engine.events.windows import StaffPunched as StaffPunched
from hub.engine.events.windows import StaffSignedIn as StaffSignedIn
from hub.engine.events.windows import StaffSignedOut as StaffSignedOut
from hub.engine.events.windows import WindowClosed as WindowClosed
from hub.engine.events.windows import WindowOpened as WindowOpened
from hub.engine.events.windows import WindowPaused as WindowPaused

AnyEvent = (
    DayTurned
    | TicketTaken
    | LeaseGranted
    | OfflineTicketRefused
    | TicketReprinted
    | TicketBooked
    | TicketPrioritised
    | TicketCalled
    | TicketRecalled
    | TicketPassed
    | TicketServed
    | TicketFinished
    | TicketHeld
    | TicketResumed
    | TicketTransferred
    | TicketExpired
    | TicketRequeued
    | TicketReleased
    | TicketReturned
    | ActUndone
    | StaffSignedIn
    | StaffSignedOut
    | QueueWarned
    | QueueCleared
    | SectionEnded
    | ServiceRated
    | CaseOpened
    | CaseMoved
    | CaseOverdue
    | FiguresClosed
    | AppointmentBooked
    | AppointmentChanged
    | AppointmentCancelled
    | AppointmentCheckedIn
    | AppointmentMissed
    | WindowOpened
    | WindowPaused
    | WindowClosed
    | AlarmRaised
    | AlarmPressedAgain
    | AlarmAcknowledged
    | AlarmClosed
    | AnnouncementQueued
    | AnnouncementWithdrawn
    | AnnouncementEnded
    | DeviceCame
    | DeviceLeft
    | PartFailed
    | PartRecovered
    | StripsLit
    | StaffPunched
    | NumbersSkipped
    | RequestRefused
)


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Which request of which life of which device an entry came from. Unique in the journal."""

    device: str
    boot: str
    seq: int


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the journal: all that one request made happen, durable together or not at all."""

    position: int
    at_ms: int
    origin: Origin | None
    events: tuple[AnyEvent, ...]
