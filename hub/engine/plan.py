"""The site as data: halls, services, windows, devices, channels, as `site.toml` says. Never changes while running.

Only types and look-ups here; reading and checking the file is `hub.site_file`.
"""

from datetime import date
from functools import cached_property

import msgspec

from hub.engine.turns import Policy

Sections = tuple[tuple[int, int], ...]  # of one day: (first minute, minute after the last), in order, apart


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """When something is open: the sections of each day, Monday first, and those of an extra working day."""

    week: tuple[Sections, ...] = ((),) * 7
    extra_day: Sections = ()


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """What a visitor queues for. ``prefix`` is unique in the site: 1 or 2 capital letters."""

    id: str
    hall: str
    name: str
    name_en: str = ""
    prefix: str
    hours: Hours | None = None  # its own, instead of its hall's
    quota: tuple[int, ...] = ()  # tickets per opening section of a day, in order; the last holds for all later ones
    warn_waiting: int = 0  # so many waiting are told of; 0: never
    max_waiting: int = 0  # no more tickets while so many wait; 0: no limit


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A counter. ``number`` counts from 1 within its hall; ``services`` in order of preference.

    ``staff`` is the number on the badge of who works there, ``staff_name`` as visitors may read it.
    """

    id: str
    hall: str
    number: int
    services: tuple[str, ...]
    call_terminal: str = ""
    evaluation_terminal: str = ""
    window_terminal: str = ""  # a device on whose line this window's keypad and evaluator are, instead of both
    unit: int = 0  # their address there, 1 to 254
    staff: str = ""
    staff_name: str = ""


class Staff(msgspec.Struct, frozen=True, kw_only=True):
    """A clerk, by the id that is typed or read at the window."""

    id: str
    name: str = ""


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a strip: pixels ``x`` to ``x + width`` belong to ``window``, or (no window) show ``text``."""

    x: int
    width: int
    window: str = ""
    text: str = ""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A device with a role. ``place`` says in words where it hangs; strips also have pixels and regions."""

    id: str
    kind: str
    hall: str = ""
    place: str = ""
    floor: int = 0
    length_m: float = 0.0
    width_px: int = 0
    height_px: int = 0
    regions: tuple[Region, ...] = ()


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """One amplifier's play queue; may serve two halls.

    ``volume`` in percent; ``volumes``, what it is from an hour on: ``12:00 60``. ``music``: tunes of the clip bank that
    are played while nobody speaks. ``multicast``: address:port of IP broadcast terminals that this amplifier feeds.
    """

    id: str
    amplifier: str
    halls: tuple[str, ...]
    volume: int = 100
    volumes: tuple[str, ...] = ()
    music: tuple[str, ...] = ()
    multicast: str = ""


class AttendanceTerminal(msgspec.Struct, frozen=True, kw_only=True):
    """A punch clock in a back office. It speaks a protocol of its own, so it is no `Device`."""

    id: str
    hall: str
    place: str = ""


class Hall(msgspec.Struct, frozen=True, kw_only=True):
    """An area with windows, services and displays. ``notice`` is the running line of its displays."""

    id: str
    name: str
    name_en: str = ""
    floor: int
    department: str = ""
    channel: str = ""
    notice: str = ""
    hours: Hours | None = None  # its own, instead of the building's


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a site may choose. Minutes east of UTC without summer time; counts; languages of calls in order."""

    utc_offset_min: int = 480
    recall_limit: int = 5
    checkin_early_min: int = 30  # an appointment can be checked in so long before it starts
    checkin_late_min: int = 15  # and keeps its precedence so long after it ended
    late_appointment: str = "queue"  # later still: "queue", a ticket without precedence; "refuse"
    group_max: int = 50  # persons on one ticket
    undo_s: int = 10  # so long a window may take its last act back
    sign_in: bool = False  # whether a window opens only for somebody who is signed in
    requeue_times: int = 0  # who does not come is put back into the line so often
    requeue_behind: int = 3  # behind so many others
    offline_numbers: int = 50  # of each service lent to each kiosk a day, for when it cannot reach the hub; 0: none
    offline_after_s: int = 8  # without the hub for so long, it gives them out
    clear_at: tuple[str, ...] = ()  # local times ("12:30") at which all who wait are sent home
    expire_with_section: bool = False  # whether tickets end with the opening section in which they were taken
    priority_reason: bool = False  # whether the priority "other" needs a reason in words
    rate_days: int = 0  # so many days later a service can still be rated with the ticket's code
    default_rating_days: int = 0  # what nobody rated is counted as fairly satisfied after so many days; 0: never
    clerk_ratings_least: int = 10  # a clerk sees the satisfaction of a week when so many rated in it; 0: never
    rectify_workdays: int = 5  # a poor rating is replied to within so many working days
    call_languages: tuple[str, ...] = ("cmn",)
    call_expires_s: int = 120
    call_wording: str = "请{number}号到{window}号窗口办理"
    call_wording_en: str = "Number {number}, please go to window {window}"
    one_is_yao: bool = False  # 幺 for the digit 1 of a number, in Mandarin
    displayed_calls: int = 8
    strip_flash_ms: int = 3000
    strip_light: tuple[str, ...] = ()  # "07:00 100": from that local time so many percent; none: always 100
    strip_black_min: int = -1  # so long before and after the opening hours a strip still shines; -1: always

    @property
    def clear_at_min(self) -> tuple[int, ...]:
        """The times of ``clear_at`` as minutes of the day."""
        return tuple(int(text[:2]) * 60 + int(text[3:]) for text in self.clear_at)


class Plan(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The whole site. The look-ups are worked out once, on first use."""

    id: str
    name: str
    name_en: str = ""
    city: str = ""
    settings: Settings = Settings()
    policy: Policy = Policy()
    hours: Hours | None = None  # None: not told, always open; look-ups are hub.engine.hours
    holidays: tuple[date, ...] = ()
    extra_days: tuple[date, ...] = ()  # working days that are not in the week
    halls: tuple[Hall, ...]
    services: tuple[Service, ...]
    windows: tuple[Window, ...]
    devices: tuple[Device, ...]
    channels: tuple[Channel, ...]
    staff: tuple[Staff, ...] = ()  # empty: any id may sign in
    attendance: tuple[AttendanceTerminal, ...] = ()

    @cached_property
    def hall(self) -> dict[str, Hall]:
        return {hall.id: hall for hall in self.halls}

    @cached_property
    def service(self) -> dict[str, Service]:
        return {service.id: service for service in self.services}

    @cached_property
    def window(self) -> dict[str, Window]:
        return {window.id: window for window in self.windows}

    @cached_property
    def member(self) -> dict[str, Staff]:
        return {staff.id: staff for staff in self.staff}

    @cached_property
    def limited(self) -> frozenset[str]:
        """Services that do not issue tickets at all times and without limit."""
        closes = self.hours is not None or bool(self.holidays)
        return frozenset(s.id for s in self.services if closes or s.quota or s.max_waiting or s.warn_waiting)

    @cached_property
    def sharing(self) -> dict[str, tuple[tuple[str, frozenset[str]], ...]]:
        """Service id → the other services that some window of it also serves, each with all its windows."""
        windows = {id: frozenset(w.id for w in own) for id, own in self.windows_of_service.items()}
        return {
            id: tuple((other, theirs) for other, theirs in windows.items() if other != id and theirs & own)
            for id, own in windows.items()
        }

    @cached_property
    def device(self) -> dict[str, Device]:
        return {device.id: device for device in self.devices}

    @cached_property
    def attendance_terminal(self) -> dict[str, AttendanceTerminal]:
        return {terminal.id: terminal for terminal in self.attendance}

    @cached_property
    def channel(self) -> dict[str, Channel]:
        return {channel.id: channel for channel in self.channels}

    @cached_property
    def window_of_terminal(self) -> dict[str, Window]:
        """Call or evaluation terminal id → its window."""
        found = {window.call_terminal: window for window in self.windows if window.call_terminal}
        found.update({window.evaluation_terminal: window for window in self.windows if window.evaluation_terminal})
        return found

    @cached_property
    def window_of_unit(self) -> dict[tuple[str, int], Window]:
        """(window terminal id, address on its line) → the window there, in the order of the file."""
        return {(window.window_terminal, window.unit): window for window in self.windows if window.window_terminal}

    @cached_property
    def regions_of_window(self) -> dict[str, tuple[tuple[Device, int], ...]]:
        """Window id → the (strip, region number) pairs that show it."""
        found: dict[str, list[tuple[Device, int]]] = {}
        for device in self.devices:
            for number, region in enumerate(device.regions):
                if region.window:
                    found.setdefault(region.window, []).append((device, number))
        return {window: tuple(pairs) for window, pairs in found.items()}

    @cached_property
    def devices_of_hall(self) -> dict[tuple[str, str], tuple[Device, ...]]:
        """(hall id, kind) → devices."""
        found: dict[tuple[str, str], list[Device]] = {}
        for device in self.devices:
            found.setdefault((device.hall, device.kind), []).append(device)
        return {key: tuple(devices) for key, devices in found.items()}

    @cached_property
    def services_of_hall(self) -> dict[str, tuple[Service, ...]]:
        """Hall id → services, in the order of the file."""
        return {hall.id: tuple(s for s in self.services if s.hall == hall.id) for hall in self.halls}

    @cached_property
    def windows_of_service(self) -> dict[str, tuple[Window, ...]]:
        """Service id → windows that serve it."""
        return {s.id: tuple(w for w in self.windows if s.id in w.services) for s in self.services}
