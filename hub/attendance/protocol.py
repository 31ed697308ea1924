"""The ZKTeco PUSH protocol (ADMS) as terminals in use speak it: reading their lines, wording our answers. Pure.

A terminal names itself in each request by ``SN``. ``GET /iclock/cdata?options=all`` asks for its options,
``POST /iclock/cdata?table=ATTLOG`` brings punches, a line each (PIN, ``YYYY-MM-DD HH:MM:SS``, status, how verified, …,
parted by tabs), answered with ``OK: n``; ``GET /iclock/getrequest`` asks for commands. What is not answered with OK it
sends again.
"""

import hashlib
import re
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

MAX_LINES = 2_000  # in one request
_SERIAL = re.compile(r"[A-Za-z0-9]{4,32}")
_BADGE = re.compile(r"[A-Za-z0-9]{1,24}")


class Malformed(Exception):
    """What a terminal sent is none of what it may send; the words say where."""


class PunchLine(NamedTuple):
    """One line of ATTLOG. ``at_ms`` by the terminal's clock, as unix ms; ``digest`` tells it from all others."""

    badge: str
    at_ms: int
    state: int
    verified_by: int
    digest: str


def serial_of(query: dict[str, str]) -> str:
    """Who asks. Raises `Malformed`."""
    serial = query.get("SN", "")
    if not _SERIAL.fullmatch(serial):
        raise Malformed("SN must be 4 to 32 letters and digits")
    return serial


def punches(body: bytes, offset_min: int) -> tuple[list[PunchLine], list[str]]:
    """The punches of a body, in order, and what is wrong with each line that is none (its number, not what it says).

    ``offset_min``: the site's minutes east of UTC. One odd line must not keep back the others: what is not taken a
    terminal sends again for ever. Raises `Malformed` for a body that is too long; then none.
    """
    lines = [line for line in body.decode("utf-8", "replace").replace("\r", "").split("\n") if line.strip()]
    if len(lines) > MAX_LINES:
        raise Malformed(f"more than {MAX_LINES} lines at once")
    good: list[PunchLine] = []
    bad: list[str] = []
    for number, line in enumerate(lines, 1):
        try:
            good.append(_punch(line, number, offset_min))
        except Malformed as wrong:
            bad.append(str(wrong))
    return good, bad


def _punch(line: str, number: int, offset_min: int) -> PunchLine:
    badge, at, state, verified, *_ = [*line.split("\t"), "", "", "", ""]
    if not _BADGE.fullmatch(badge):
        raise Malformed(f"line {number}: the PIN must be 1 to 24 letters and digits")
    try:
        moment = datetime.strptime(at, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone(timedelta(minutes=offset_min)))
        at_ms = int(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Malformed(f"line {number}: the time must be written 2026-11-22 08:30:00") from None
    text = f"{badge}\t{at}\t{_code(state)}\t{_code(verified)}"
    return PunchLine(badge, at_ms, _code(state), _code(verified), hashlib.sha256(text.encode()).hexdigest()[:16])


def _code(text: str) -> int:
    """A small number; makers differ in what they put there, so what is none counts as 0."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0


def options(serial: str, offset_min: int) -> str:
    """What a terminal is told at its start: send punches at once, and what was kept at every quarter of an hour."""
    pairs = {
        "ATTLOGStamp": "None",
        "OPERLOGStamp": "9999",
        "ATTPHOTOStamp": "9999",
        "ErrorDelay": "10",
        "Delay": "5",
        "TransTimes": "00:00;12:00",
        "TransInterval": "1",
        "TransFlag": "TransData AttLog",
        "TimeZone": f"{offset_min / 60:g}",
        "Realtime": "1",
        "Encrypt": "None",
    }
    return f"GET OPTION FROM: {serial}\n" + "".join(f"{key}={value}\n" for key, value in pairs.items())
