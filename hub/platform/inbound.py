"""What a platform tells of appointments, in its own words, read into ours. Pure.

The neutral contract: ``{"sequence": 12, "id": "A-7", "service": "hukou-id", "starts": "2026-11-23T09:00:00+08:00",
"ends": …, "state": "booked" | "cancelled", "person": {"name", "card", "phone", "code"}}``, of the person any part.
A mapping file may name other keys and codes:

```toml
[appointments.fields]   # ours = the platform's
id = "reserveSeq"
card = "idCard"
[appointments.services] # the platform's code = our service id
"0012" = "hukou-id"
[appointments.states]
"0" = "booked"
```
"""

from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

from hub.engine.plan import Plan

FIELDS = ("sequence", "id", "service", "starts", "ends", "state", "name", "card", "phone", "code")
_PERSON = ("name", "card", "phone", "code")
STATES = ("booked", "cancelled")
MAX_TEXT = 100
MOST_SEQUENCE = 2**53 - 1  # beyond it JSON readers round


class Inbound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Without fields, the neutral contract."""

    fields: dict[str, str] = {}
    services: dict[str, str] = {}
    states: dict[str, str] = {}


class Misfit(Exception):
    """An appointment cannot be used; the words say why, and name no person."""

    def __init__(self, id_: str, sequence: int, reason: str) -> None:
        super().__init__(reason)
        self.id = id_
        self.sequence = sequence


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment as the platform has it now. What there is of the person goes to the vault and nowhere else."""

    sequence: int
    id: str
    service: str
    starts_at_ms: int
    ends_at_ms: int
    is_cancelled: bool
    name: str = ""
    card: str = ""
    phone: str = ""
    code: str = ""

    def __repr__(self) -> str:
        return f"Told({self.id})"


def read(inbound: Inbound, plan: Plan, plain: Any) -> Told:
    """Raises `Misfit`."""
    if not isinstance(plain, dict):
        raise Misfit("?", 0, "an appointment must be an object")
    flat = _flat(inbound, plain)
    sequence = flat.get("sequence")
    id_ = str(flat.get("id") or "?")[:MAX_TEXT]
    if type(sequence) is not int or not 1 <= sequence <= MOST_SEQUENCE:
        raise Misfit(id_, 0, f"sequence must be a whole number from 1 to {MOST_SEQUENCE}")
    for name in ("id", "service", "starts", "ends", "state", *_PERSON):
        value = flat.get(name, "" if name in _PERSON else None)
        if not isinstance(value, str) or len(value) > MAX_TEXT:
            raise Misfit(id_, sequence, f"{inbound.fields.get(name, name)} must be text of at most {MAX_TEXT} letters")
    state = inbound.states.get(flat["state"], flat["state"])
    if state not in STATES:
        raise Misfit(id_, sequence, f"state {flat['state'][:20]!r} is none of {', '.join(STATES)}")
    if not flat["id"]:
        raise Misfit(id_, sequence, "id must not be empty")
    service = inbound.services.get(flat["service"], flat["service"])
    return Told(
        sequence=sequence,
        id=flat["id"],
        service=service,
        starts_at_ms=_ms(plan, flat["starts"], id_, sequence),
        ends_at_ms=_ms(plan, flat["ends"], id_, sequence),
        is_cancelled=state == "cancelled",
        **{name: flat.get(name, "") for name in _PERSON},
    )


def problems(inbound: Inbound) -> list[str]:
    """What is wrong with that part of a mapping file, a line each."""
    found = [
        f"appointments.fields: there is no {name!r}; there are {', '.join(FIELDS)}"
        for name in inbound.fields
        if name not in FIELDS
    ]
    found += [
        f"appointments.states.{code}: {state!r} is none of {', '.join(STATES)}"
        for code, state in inbound.states.items()
        if state not in STATES
    ]
    return found


def _flat(inbound: Inbound, plain: dict[str, Any]) -> dict[str, Any]:
    """Our name → value; codes may be numbers."""
    if not inbound.fields:
        person = plain.get("person")
        return {**plain, **(person if isinstance(person, dict) else {})}
    found = {name: plain.get(inbound.fields.get(name, name)) for name in FIELDS}
    texts = {name: str(value) if type(value) is int and name != "sequence" else value for name, value in found.items()}
    return {name: "" if value is None and name in _PERSON else value for name, value in texts.items()}


def _ms(plan: Plan, text: str, id_: str, sequence: int) -> int:
    """ISO 8601; without an offset it is the site's time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Misfit(id_, sequence, f"{text[:40]!r} is no ISO 8601 time") from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=timezone(timedelta(minutes=plan.settings.utc_offset_min)))
    return int(at.timestamp() * 1000)
