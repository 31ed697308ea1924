"""What may be written in a site file: the tables, their keys, and what a good value of each key looks like."""

from datetime import date
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Meta

from hub.engine.plan import Settings
from hub.site_file.problems import Spot

_LINE = r"^[^\x00-\x1f\x7f\u2028\u2029]*\Z"
_SAYS = r"^[^\x00-\x1f\x7f\u2028\u2029]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f\u2028\u2029]*\Z"

# `right` names the words (site.right.*) that tell what a good value looks like. Lengths are those of the wire.
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,47}\Z", extra={"right": "slug"})]
SlugOrNone = Annotated[str, Meta(pattern=r"^([a-z0-9][a-z0-9-]{0,47})?\Z", extra={"right": "slug"})]
Slugs = Annotated[tuple[Slug, ...], Meta(min_length=1, max_length=40, extra={"right": "slugs"})]
Name = Annotated[str, Meta(max_length=40, pattern=_SAYS, extra={"right": "name"})]
Kind = Annotated[str, Meta(max_length=40, pattern=_SAYS, extra={"right": "kind"})]
English = Annotated[str, Meta(max_length=60, pattern=_LINE, extra={"right": "english"})]
Words = Annotated[str, Meta(max_length=40, pattern=_LINE, extra={"right": "words"})]
Text = Annotated[str, Meta(max_length=80, pattern=_LINE, extra={"right": "text"})]
Notice = Annotated[str, Meta(max_length=120, pattern=_LINE, extra={"right": "notice"})]
Badge = Annotated[str, Meta(max_length=16, pattern=_LINE, extra={"right": "badge"})]
Person = Annotated[str, Meta(max_length=24, pattern=_LINE, extra={"right": "person"})]
Prose = Annotated[str, Meta(max_length=400, pattern=_LINE, extra={"right": "prose"})]
Prefix = Annotated[str, Meta(pattern=r"^[A-Z]{1,2}\Z", extra={"right": "prefix"})]
Floor = Annotated[int, Meta(ge=-9, le=200, extra={"right": "floor"})]
OwnFloor = Annotated[Floor | None, Meta(extra={"right": "floor"})]
Number = Annotated[int, Meta(ge=1, le=999, extra={"right": "number"})]
Unit = Annotated[int, Meta(ge=0, le=254, extra={"right": "unit"})]
Metres = Annotated[float, Meta(gt=0, le=200, extra={"right": "metres"})]
Pixels = Annotated[int, Meta(ge=1, le=65535, extra={"right": "pixels"})]
Height = Annotated[int, Meta(ge=1, le=1024, extra={"right": "height"})]
Offset = Annotated[int, Meta(ge=0, le=65534, extra={"right": "offset"})]
Zone = Annotated[int, Meta(ge=-720, le=840, extra={"right": "zone"})]
Recalls = Annotated[int, Meta(ge=0, le=99, extra={"right": "recalls"})]
Seconds = Annotated[int, Meta(ge=10, le=3600, extra={"right": "seconds"})]
Minutes = Annotated[int, Meta(ge=0, le=1440, extra={"right": "minutes"})]
Time = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z")]
Times = Annotated[tuple[Time, ...], Meta(max_length=8, extra={"right": "times"})]
Staff = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,32}\Z", extra={"right": "staff_id"})]
Quota = Annotated[tuple[Annotated[int, Meta(ge=0, le=9999)], ...], Meta(max_length=8, extra={"right": "quota"})]
Limit = Annotated[int, Meta(ge=0, le=9999, extra={"right": "limit"})]
Lent = Annotated[int, Meta(ge=0, le=200, extra={"right": "lent"})]
AloneS = Annotated[int, Meta(ge=3, le=600, extra={"right": "alone"})]
UndoS = Annotated[int, Meta(ge=0, le=600, extra={"right": "undo"})]
Days = Annotated[int, Meta(ge=0, le=30, extra={"right": "days"})]
WorkDays = Annotated[int, Meta(ge=1, le=60, extra={"right": "workdays"})]
Late = Annotated[Literal["queue", "refuse"], Meta(extra={"right": "late"})]
Persons = Annotated[int, Meta(ge=1, le=500, extra={"right": "persons"})]
YesNo = Annotated[bool, Meta(extra={"right": "yes_no"})]
Shown = Annotated[int, Meta(ge=1, le=16, extra={"right": "shown"})]
RatingsLeast = Annotated[int, Meta(ge=0, le=1000, extra={"right": "ratings"})]
FlashMs = Annotated[int, Meta(ge=0, le=10000, extra={"right": "flash"})]
Languages = Annotated[
    tuple[Literal["cmn", "yue", "en"], ...], Meta(min_length=1, max_length=6, extra={"right": "languages"})
]
Lights = Annotated[
    tuple[Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d (\d|[1-9]\d|100)\Z")], ...],
    Meta(max_length=24, extra={"right": "lights"}),
]
BlackMin = Annotated[int, Meta(ge=-1, le=240, extra={"right": "black_min"})]
Section = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)\Z")]
Sections = Annotated[tuple[Section, ...], Meta(max_length=8, extra={"right": "sections"})]
OwnSections = Annotated[Sections | None, Meta(extra={"right": "sections"})]
Dates = Annotated[tuple[date, ...], Meta(max_length=400, extra={"right": "dates"})]
Table = Annotated[Any, Meta(extra={"right": "table"})]  # checked when its own keys are read
Rows = Annotated[list[Any], Meta(max_length=5000, extra={"right": "rows"})]


Percent = Annotated[int, Meta(ge=0, le=100, extra={"right": "percent"})]
Loudness = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d (100|[1-9]?\d)\Z", extra={"right": "volumes"})]
Volumes = Annotated[tuple[Loudness, ...], Meta(max_length=24, extra={"right": "volumes"})]
Tune = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,25}\Z", extra={"right": "tunes"})]
Tunes = Annotated[tuple[Tune, ...], Meta(max_length=32, extra={"right": "tunes"})]
Multicast = Annotated[
    str,
    Meta(pattern=r"^((22[4-9]|23\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}:[1-9]\d{3,4})?\Z", extra={"right": "multicast"}),
]
Wording = Annotated[
    str,
    Meta(
        max_length=80,
        pattern=r"^[^{}\x00-\x1f]*\{number\}[^{}\x00-\x1f]*(\{window\}[^{}\x00-\x1f]*)?\Z",
        extra={"right": "wording"},
    ),
]


class SiteRow(msgspec.Struct, frozen=True, kw_only=True):
    """[site]"""

    id: Slug
    name: Name
    name_en: English = ""
    city: Words = ""


class SettingsRow(msgspec.Struct, frozen=True, kw_only=True):
    """[settings]: the same keys as `hub.engine.plan.Settings`, with their ranges."""

    utc_offset_min: Zone = Settings().utc_offset_min
    recall_limit: Recalls = Settings().recall_limit
    checkin_early_min: Minutes = Settings().checkin_early_min
    checkin_late_min: Minutes = Settings().checkin_late_min
    late_appointment: Late = "queue"
    group_max: Persons = Settings().group_max
    undo_s: UndoS = Settings().undo_s
    sign_in: YesNo = False
    requeue_times: Recalls = Settings().requeue_times
    requeue_behind: Recalls = Settings().requeue_behind
    offline_numbers: Lent = Settings().offline_numbers
    offline_after_s: AloneS = Settings().offline_after_s
    clear_at: Times = ()
    expire_with_section: YesNo = False
    priority_reason: YesNo = False
    rate_days: Days = Settings().rate_days
    default_rating_days: Days = Settings().default_rating_days
    clerk_ratings_least: RatingsLeast = Settings().clerk_ratings_least
    rectify_workdays: WorkDays = Settings().rectify_workdays
    call_languages: Languages = ("cmn",)
    call_expires_s: Seconds = Settings().call_expires_s
    call_wording: Wording = Settings().call_wording
    call_wording_en: Wording = Settings().call_wording_en
    one_is_yao: YesNo = Settings().one_is_yao
    displayed_calls: Shown = Settings().displayed_calls
    strip_flash_ms: FlashMs = Settings().strip_flash_ms
    strip_light: Lights = ()
    strip_black_min: BlackMin = Settings().strip_black_min


class WeekRow(msgspec.Struct, frozen=True, kw_only=True):
    """hours of a hall or a service: a day that is not written is closed, or as ``workdays`` from Monday to Friday"""

    workdays: Sections = ()
    monday: OwnSections = None
    tuesday: OwnSections = None
    wednesday: OwnSections = None
    thursday: OwnSections = None
    friday: OwnSections = None
    saturday: OwnSections = None
    sunday: OwnSections = None


class HoursRow(WeekRow, frozen=True, kw_only=True):
    """[hours]: the building's week, and the calendar of all"""

    holidays: Dates = ()
    extra_days: Dates = ()


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """[[decisions]]: what was open, how it was settled, and the key to change it with. Not used by the program."""

    about: Prose
    decided: Prose
    change: Text = ""


class HallRow(msgspec.Struct, frozen=True, kw_only=True):
    """[[halls]]"""

    id: Slug
    name: Name
    name_en: English = ""
    floor: Floor
    department: Words = ""
    notice: Notice = ""
    hours: Table = None
    services: Rows = []
    windows: Rows = []
    devices: Rows = []
    strips: Rows = []


class ServiceRow(msgspec.Struct, frozen=True, kw_only=True):
    """halls.services"""

    id: Slug
    prefix: Prefix
    name: Name
    name_en: English = ""
    hours: Table = None
    quota: Quota = ()
    warn_waiting: Limit = 0
    max_waiting: Limit = 0


class WindowRow(msgspec.Struct, frozen=True, kw_only=True):
    """halls.windows; naming a call or evaluation terminal here declares it, a window terminal is one of the devices"""

    id: Slug
    number: Number
    services: Slugs
    call_terminal: SlugOrNone = ""
    evaluation_terminal: SlugOrNone = ""
    window_terminal: SlugOrNone = ""
    unit: Unit = 0
    staff: Badge = ""
    staff_name: Person = ""


class DeviceRow(msgspec.Struct, frozen=True, kw_only=True):
    """halls.devices and public.devices"""

    id: Slug
    kind: Kind
    place: Words = ""
    floor: OwnFloor = None


class StripRow(msgspec.Struct, frozen=True, kw_only=True):
    """[[halls.strips]] and [[public.strips]]"""

    id: Slug
    kind: Kind
    place: Words = ""
    floor: OwnFloor = None
    length_m: Metres
    width_px: Pixels
    height_px: Height
    regions: Rows


class RegionRow(msgspec.Struct, frozen=True, kw_only=True):
    """regions of a strip, left to right"""

    x: Offset
    width: Pixels
    window: SlugOrNone = ""
    text: Text = ""


class PublicRow(msgspec.Struct, frozen=True, kw_only=True):
    """[public]: what stands outside the halls"""

    devices: Rows = []
    strips: Rows = []


class BroadcastRow(msgspec.Struct, frozen=True, kw_only=True):
    """[broadcast]"""

    channels: Rows = []


class ChannelRow(msgspec.Struct, frozen=True, kw_only=True):
    """broadcast.channels"""

    id: Slug
    amplifier: Slug
    halls: Slugs
    volume: Percent = 100
    volumes: Volumes = ()
    music: Tunes = ()
    multicast: Multicast = ""


class AttendanceRow(msgspec.Struct, frozen=True, kw_only=True):
    """[[attendance]]: punch clocks; which one is which is told with `hallhub attendance enrol`"""

    id: Slug
    hall: Slug
    place: Words = ""


class StaffRow(msgspec.Struct, frozen=True, kw_only=True):
    """[[staff]]: who may sign in at windows; without any such row anybody may"""

    id: Staff
    name: Words = ""


class TopRow(msgspec.Struct, frozen=True, kw_only=True):
    """The file"""

    site: Table
    settings: Table = {}
    hours: Table = None
    decisions: Rows = []
    halls: Rows
    public: Table = {}
    broadcast: Table = {}
    attendance: Rows = []
    staff: Rows = []


Row = TypeVar("Row", bound=msgspec.Struct)


class Placed(NamedTuple, Generic[Row]):
    """A row, where it stands, and the hall it belongs to (empty outside the halls)."""

    spot: Spot
    row: Row
    hall: str


class PlacedStrip(NamedTuple):
    """A strip with its regions."""

    spot: Spot
    row: StripRow
    hall: str
    regions: list[Placed[RegionRow]]


class SiteWritten(msgspec.Struct, kw_only=True):
    """The file, every value of it checked by itself."""

    site: Placed[SiteRow] | None = None
    settings: Settings = Settings()
    hours: Placed[HoursRow] | None = None
    hours_of_hall: dict[str, Placed[WeekRow]] = {}
    hours_of_service: dict[str, Placed[WeekRow]] = {}
    decisions: list[Placed[Decision]] = []
    halls: list[Placed[HallRow]] = []
    services: list[Placed[ServiceRow]] = []
    windows: list[Placed[WindowRow]] = []
    devices: list[Placed[DeviceRow]] = []
    strips: list[PlacedStrip] = []
    channels: list[Placed[ChannelRow]] = []
    attendance: list[Placed[AttendanceRow]] = []
    staff: list[Placed[StaffRow]] = []
