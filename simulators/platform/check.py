"""What the platform demands of a record, in its own reading of the contract: fields, types, facts of each type."""

import re
from datetime import datetime
from typing import Any

FIELDS: dict[str, type] = {
    "id": str,
    "type": str,
    "at": str,
    "site": str,
    "epoch": int,
    "sequence": int,
    "hall": str,
    "subject": str,
    "facts": dict,
}

WINDOW: dict[str, type] = {"window": str}
FACTS: dict[str, dict[str, type]] = {
    "ticket.taken": {
        "number": str,
        "service": str,
        "kiosk": str,
        "language": str,
        "priority": str,
        "ahead": int,
        "was_offline": bool,
        "appointment": str,
        "booked": bool,
        "persons": int,
        "first_ticket": str,
        "taken_at": str,
    },
    "ticket.refused": {"number": str, "day": str, "service": str, "kiosk": str, "code": str, "taken_at": str},
    "ticket.called": WINDOW,
    "ticket.recalled": WINDOW,
    "ticket.passed": WINDOW,
    "ticket.served": WINDOW,
    "ticket.finished": WINDOW,
    "ticket.held": WINDOW,
    "ticket.resumed": WINDOW,
    "ticket.transferred": {"window": str, "to_service": str, "to_window": str},
    "ticket.expired": {},
    "ticket.booked": {"appointment": str, "booked": bool},
    "ticket.prioritised": {"priority": str, "was": str},
    "ticket.released": {},
    "ticket.returned": {"window": str, "to_service": str, "to_window": str},
    "ticket.undone": {"window": str, "act": str},
    "staff.signed_in": {"staff": str},
    "staff.signed_out": {"staff": str},
    "ticket.requeued": {"window": str, "behind": int},
    "service.rated": {
        "window": str,
        "terminal": str,
        "source": str,
        "service": str,
        "nth": int,
        "level": int,
        "reasons": list,
        "why": str,
        "is_default": bool,
    },
    "case.opened": {
        "ticket": str,
        "window": str,
        "service": str,
        "level": int,
        "reasons": list,
        "why": str,
        "deadline_ms": int,
    },
    "case.moved": {"window": str, "act": str, "state": str, "by": str, "to": str, "reasons": list},
    "case.overdue": WINDOW,
    "appointment.booked": {"service": str, "starts_at": str, "ends_at": str},
    "appointment.changed": {"service": str, "starts_at": str, "ends_at": str},
    "appointment.cancelled": {},
    "appointment.checked_in": {"kiosk": str, "ticket": str},
    "appointment.missed": {},
    "window.opened": {},
    "window.paused": {"reason": str},
    "window.closed": {},
    "alarm.raised": {"device": str, "cause": str},
    "alarm.pressed_again": {},
    "alarm.acknowledged": {},
    "alarm.closed": {},
    "device.came": {},
    "device.left": {},
    "part.failed": {"part": str, "fault": str},
    "part.recovered": {"part": str},
}

NATURES = {
    "ticket.refused": "device",  # a paper that is no ticket
    "service": "ticket",
    "part": "device",
    "staff": "window",
}  # of the subject, where it is not the first word of the type
MOMENTS = ("taken_at", "starts_at", "ends_at")
MAX_TEXT = 200
WHYS = ("", "reasons", "words", "key")
SOURCES = ("terminal", "kiosk", "code", "default")  # of a rating: where somebody made it, or nobody did
_SUBJECT = re.compile(r"(ticket|appointment|window|case|alarm|device):\S{1,100}")


def complaint(record: Any) -> str:
    """'' when the record is to the contract; else what is wrong with it."""
    if not isinstance(record, dict):
        return "a record must be an object"
    if found := _wrong_fields(record, FIELDS, ""):
        return found
    if record["type"] not in FACTS:
        return f"type {record['type']!r} is unknown"
    if found := _wrong_fields(record["facts"], FACTS[record["type"]], "facts."):
        return found
    return _wrong_values(record)


def _wrong_fields(given: dict[str, Any], wanted: dict[str, type], where: str) -> str:
    for name, type_ in wanted.items():
        if name not in given:
            return f"{where}{name} is missing"
        value = given[name]
        if type(value) is not type_:  # not isinstance: true is no number
            return f"{where}{name} must be {type_.__name__}, not {type(value).__name__}"
        if isinstance(value, str) and len(value) > MAX_TEXT:
            return f"{where}{name} is longer than {MAX_TEXT}"
    if len(given) > len(wanted):
        return f"{where}{next(name for name in given if name not in wanted)} is not in the contract"
    return ""


def _wrong_values(record: dict[str, Any]) -> str:
    if not record["id"] or not record["site"]:
        return "id and site must not be empty"
    nature = record["type"].partition(".")[0]
    nature = NATURES.get(record["type"]) or NATURES.get(nature, nature)
    subject = record["subject"]
    if not subject.startswith(nature + ":") or not _SUBJECT.fullmatch(subject):
        return f"subject {subject!r} must be {nature}:…"
    if record["epoch"] < 0 or record["sequence"] < 0:
        return "epoch and sequence must not be negative"
    moments = {"at": record["at"]} | {f"facts.{n}": record["facts"][n] for n in MOMENTS if n in record["facts"]}
    for name, text in moments.items():
        if found := _no_moment(name, text):
            return found
    if record["type"] == "service.rated" and (found := _wrong_rating(record["facts"])):
        return found
    if record["type"] in ("ticket.taken", "ticket.booked"):
        return _wrong_keys(record["facts"], record["subject"].partition(":")[2])
    return _no_why(record["facts"]) if record["type"] in ("service.rated", "case.opened") else ""


def _wrong_keys(facts: dict[str, Any], ticket: str) -> str:
    """By which a ticket is put together with its appointment and with the visitor's other tickets."""
    if facts["booked"] and not facts["appointment"]:
        return "facts.booked is true without facts.appointment"
    if facts.get("first_ticket") == ticket:
        return "facts.first_ticket must be another ticket"
    return "" if facts.get("persons", 1) >= 1 else "facts.persons must be 1 or more"


def _wrong_rating(facts: dict[str, Any]) -> str:
    if not 1 <= facts["level"] <= 5:
        return "facts.level must be 1 to 5"
    return "" if facts["source"] in SOURCES else f"facts.source must be one of {', '.join(SOURCES)}"


def _no_why(facts: dict[str, Any]) -> str:
    """A poor rating says why: by codes, or that there are words in the hall, or that one key was all there was."""
    if facts["why"] not in WHYS or (facts["why"] == "reasons") != bool(facts["reasons"]):
        return f"facts.why {facts['why']!r} does not fit the reasons"
    return "facts.reasons or facts.why must say why, below 3" if facts["level"] < 3 and not facts["why"] else ""


def _no_moment(name: str, text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return f"{name} {text!r} is no ISO 8601 time"
    return f"{name} {text!r} has no offset" if at.tzinfo is None else ""
