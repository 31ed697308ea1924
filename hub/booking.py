"""Booking: appointments with the people they are of, as rows of a file or of the platform; the people go to the vault.

What goes on to the engine is the random visitor id and nothing else of the person.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from hub.csv_table import CsvFault, read_table
from hub.engine.plan import Plan
from hub.engine.requests import BookAppointment
from hub.vault import Identity, Vault

MOST_ROWS = 5000
MAX_BYTES = 2_000_000  # of a file
NAMES = {
    "appointment": ("appointment", "预约号"),
    "service": ("service", "业务"),
    "starts": ("starts", "开始时间"),
    "ends": ("ends", "结束时间"),
    "name": ("name", "姓名"),
    "card": ("card", "身份证号"),
    "phone": ("phone", "手机号"),
    "code": ("code", "预约码"),
}
NEEDED = ("appointment", "service", "starts", "ends")
TIME = "%Y-%m-%d %H:%M"


class Booked(msgspec.Struct, frozen=True, kw_only=True):
    """One row. Times as ``2026-11-23 09:00`` of the building's clock; an empty ``code`` is the appointment's id."""

    appointment: str
    service: str
    starts: str
    ends: str
    name: str = ""
    card: str = ""
    phone: str = ""
    code: str = ""

    def __repr__(self) -> str:
        return f"Booked({self.appointment})"


class BookingFault(ValueError):
    """A row that is no booking; says which and what would be right, and nothing of the person."""


def read_csv(text: str) -> list[Booked]:
    """The rows of a CSV file with a heading, in English or Chinese words; other columns are left alone.

    Raises `CsvFault`.
    """
    table = read_table(text)
    known = {heading: field for field, headings in NAMES.items() for heading in headings}
    fields = [known.get(column, "") for column in table.columns]
    missing = [field for field in NEEDED if field not in fields]
    if missing:
        raise CsvFault("columns_missing", columns=_both(missing), known=_both(NAMES))
    for field, column in zip(fields, table.columns, strict=True):
        if field and fields.count(field) > 1:
            raise CsvFault("column_twice", column=column)
    if len(table.rows) > MOST_ROWS:
        raise CsvFault("count", count=len(table.rows), most=MOST_ROWS)
    rows = []
    for line, cells in table.named():
        row = {known[column]: cell for column, cell in cells.items() if column in known}
        for field in NEEDED:
            if not row[field]:
                raise CsvFault("missing", line, column=_both([field]))
        rows.append(Booked(**row))
    return rows


def _both(fields: Iterable[str]) -> str:
    """Columns in both words."""
    return ", ".join(f"{field} ({NAMES[field][1]})" for field in fields)


def request_of(plan: Plan, vault: Vault, row: Booked, by: str, at_ms: int) -> BookAppointment:
    """The person goes into the vault. Raises `BookingFault` for what is no time or no person."""
    if not 1 <= len(row.appointment) <= 40:
        raise BookingFault("appointment: 1 to 40 characters")
    if not (row.card or row.phone or row.code):
        raise BookingFault(f"{row.appointment}: card, phone or code must be there, or nobody can check in")
    starts_at_ms, ends_at_ms = (_ms(plan, row.appointment, text) for text in (row.starts, row.ends))
    code = row.code or row.appointment
    visitor = vault.put(Identity(name=row.name, card=row.card, phone=row.phone, code=code))
    return BookAppointment(
        at_ms=at_ms,
        by=by,
        appointment=row.appointment,
        visitor=visitor,
        service=row.service,
        starts_at_ms=starts_at_ms,
        ends_at_ms=ends_at_ms,
    )


def _ms(plan: Plan, appointment: str, text: str) -> int:
    try:
        local = datetime.strptime(text, TIME).replace(tzinfo=UTC)
    except ValueError:
        raise BookingFault(f"{appointment}: a time is written as 2026-11-23 09:00") from None
    return int((local - timedelta(minutes=plan.settings.utc_offset_min)).timestamp() * 1000)
