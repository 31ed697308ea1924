"""Calendar file: days on which all is closed, and working days at a weekend, beside those of the site file.

    holidays   = ["2026-11-23"]   # closed, as by a typhoon
    extra_days = ["2026-11-28"]   # worked

Changed while the hub runs (`hallhub calendar …`); a day that stands here is as it says here, whatever site.toml says.
"""

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec
from msgspec import structs

from hub.engine.plan import Plan
from hub.private_file import write_private

FILE = "calendar.toml"
MOST = 1000  # days


class CalendarError(ValueError):
    """The file or a change of it is wrong; says what would be right."""


class Calendar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In order of the days; none is in both."""

    holidays: tuple[date, ...] = ()
    extra_days: tuple[date, ...] = ()

    def over(self, plan: Plan) -> Plan:
        """The plan with these days in the place of its own."""
        return structs.replace(
            plan,
            holidays=_sorted({*plan.holidays, *self.holidays} - {*self.extra_days}),
            extra_days=_sorted({*plan.extra_days, *self.extra_days} - {*self.holidays}),
        )

    def closed(self, days: Iterable[date]) -> "Calendar":
        """These days are closed, too."""
        return _checked({*self.holidays, *days}, {*self.extra_days} - {*days})

    def worked(self, days: Iterable[date]) -> "Calendar":
        """On these days work is done, too."""
        return _checked({*self.holidays} - {*days}, {*self.extra_days, *days})

    def without(self, days: Iterable[date]) -> "Calendar":
        """Of these days the site file says what they are."""
        return _checked({*self.holidays} - {*days}, {*self.extra_days} - {*days})


def load(folder: Path) -> Calendar:
    """The calendar of a hub's folder; empty when it has no file. Raises `CalendarError`."""
    path = folder / FILE
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Calendar, builtin_types=())
    except FileNotFoundError:
        return Calendar()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as fault:
        raise CalendarError(f'{path}: {fault}; days are written as holidays = ["2026-10-01"]') from None
    both = {*found.holidays} & {*found.extra_days}
    if both:
        raise CalendarError(f"{path}: {min(both)} is in both lists; take it out of one")
    return _checked({*found.holidays}, {*found.extra_days})


def save(folder: Path, calendar: Calendar) -> None:
    """Durable on return."""
    days = {name: ", ".join(f'"{day}"' for day in getattr(calendar, name)) for name in ("holidays", "extra_days")}
    text = "# Written by: hallhub calendar …\n" + "".join(f"{name} = [{listed}]\n" for name, listed in days.items())
    write_private(folder / FILE, text.encode())


def _checked(holidays: set[date], extra_days: set[date]) -> Calendar:
    if len(holidays) + len(extra_days) > MOST:
        raise CalendarError(f"more than {MOST} days; take old ones out with hallhub calendar clear")
    return Calendar(holidays=_sorted(holidays), extra_days=_sorted(extra_days))


def _sorted(days: set[date]) -> tuple[date, ...]:
    return tuple(sorted(days))
