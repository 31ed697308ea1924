"""What a kiosk gives out while the hub is away: numbers lent to it, each remembered on disk before it is used.

A number is burnt first, then the request is in the outbox, then the paper comes: an interruption between two of these
loses a number at most, and doubles none. What the kiosk knows of the hub's clock outlives its own program, not the
computer's power: after that it cannot tell whether the day is over, and waits for the hub.
"""

import asyncio
import json
import os
from binascii import hexlify

from firmware.clock import now_ms
from firmware.link.outbox import Full
from firmware.wire.fields import Malformed
from firmware.wire.messages.lease import LeaseAsk, ShowLease, TicketOffline, TicketUnprinted
from firmware.wire.messages.queue import ShowServices, TicketIssued

try:
    from typing import Any, Callable
except ImportError:  # MicroPython
    pass

LOOK_S = 0.25
DAY_MS = 86400000
MOST_WAITING = 2000  # requests in the outbox: a day of one kiosk
_fsync: "Any" = getattr(os, "fsync", None)  # MicroPython has none: there flush() reaches the flash


class KioskLease:
    """``changed()`` is called when the hub is found to be away, or there again; ``gave_up(request)`` when it did not
    answer this one in time: its answer, if it ever comes, is for nobody.
    """

    def __init__(self, changed: "Callable[[], None]", gave_up: "Callable[[Any], None]") -> None:
        self._changed = changed
        self._gave_up = gave_up
        self._outlet: "Any" = None
        self._path = ""
        self._sync = True
        self._kept: "dict[str, Any]" = {}
        self._asked_for: "tuple[Any, ...]" = ()
        self._show: "ShowLease | None" = None
        self._is_connected = False
        self._since_ms: "int | None" = now_ms()  # without the hub
        self._pending: "Any" = None
        self._pending_ms = 0
        self._was_away = False

    def open(self, outlet: "Any") -> "ShowServices | None":
        """Before `run`, each time. Gives what the kiosk offered in an earlier life, if that is known."""
        if self._outlet is None and hasattr(outlet, "keep"):
            folder, self._sync = outlet.keep
            self._path = folder + "/lease.json"
            self._load()
            outlet.outbox.max_entries = max(outlet.outbox.max_entries, MOST_WAITING)
        self._outlet = outlet
        show = self._kept.get("services")
        return ShowServices.from_plain(show) if show and self.clock_ms() is not None else None

    async def run(self) -> None:
        """For ever: has the hub been away for long enough, and is somebody waiting in vain?"""
        while True:
            if self._pending is not None and now_ms() - self._pending_ms >= self._after_ms():
                self._give_up()
            if self.is_away != self._was_away:
                self._was_away = self.is_away
                self._changed()
            await asyncio.sleep(LOOK_S)

    # --- what the role tells

    def take(self, show: "ShowLease") -> None:
        """What the hub lends. Of another disk's numbers none are ours."""
        self._show = show
        kept = self._kept
        is_of_before = show.day < kept.get(
            "day", ""
        )  # a hub that comes back and has not noticed yet that it is morning
        if show.holder == kept.get("holder") and show.day and not is_of_before:
            if show.day != kept["day"]:
                kept["used"] = {}
            kept.update({"day": show.day, "ends_at_ms": show.ends_at_ms, "after_s": show.after_s})
            kept["leases"] = [lent.to_plain() for lent in show.leases]
            lent_next = [lent.to_plain() for lent in show.next_leases]
            about = {"day": show.next_day, "ends_at_ms": show.next_ends_at_ms, "leases": lent_next}
            kept["next"] = about if lent_next else None
            self._save()
        self._ask()

    def offered(self, show: "ShowServices") -> None:
        """What can be chosen is remembered for a life without the hub."""
        before = self._kept.get("services")
        if self._path and (before is None or _names(before) != _names(show.to_plain())):
            self._kept["services"] = show.to_plain()
            self._save()

    def connected(self, is_connected: bool) -> None:
        """The link came or went; the hub's clock may be known now."""
        self._is_connected = is_connected
        self._since_ms = None if is_connected else now_ms()
        if is_connected and self._path:
            self._kept["away_since_ms"] = 0
            self._save()
            self._ask()

    def asked(self, request: "Any") -> None:
        """Somebody stands there and waits for the answer to this."""
        self._pending, self._pending_ms = request, now_ms()

    def answered(self, answer: "Any") -> bool:
        """The hub is there. True: nobody waits for this answer any more, and it was dealt with."""
        if self._is_connected:
            self._since_ms = None
            self._kept["away_since_ms"] = 0
        if self._pending is not None and (answer.boot, answer.seq) == (self._pending.boot, self._pending.seq):
            self._pending = None
        key = [answer.boot, answer.seq]
        if key not in self._kept.get("given_up", ()):
            return False
        if isinstance(answer, TicketIssued) and not answer.reprint:
            self._outlet.ask(TicketUnprinted(ticket=answer.ticket))
        self._kept["given_up"].remove(key)
        self._save()
        return True

    # --- what the role asks

    @property
    def is_away(self) -> bool:
        """The hub has been away for so long that the kiosk goes on alone."""
        return bool(self._path) and self._since_ms is not None and now_ms() - self._since_ms >= self._after_ms()

    def services(self, show: "ShowServices | None") -> "ShowServices | None":
        """Of what the kiosk offers, that for which it has a number left; None when there is nothing."""
        if show is None:
            return None
        plain = show.to_plain()
        left = [offer for offer in plain["offers"] if self._next(offer["service"])]
        for offer in left:
            offer.update({"waiting": 0, "wait_min": -1})
        plain["offers"] = left
        return ShowServices.from_plain(plain) if left else None

    def issue(self, request: "Any") -> "TicketIssued | None":
        """A ticket for this TicketTake, known to disk and outbox; None when there is no number. Raises `Full`."""
        found, at_ms = self._next(request.service), self.clock_ms()
        if found is None or at_ms is None or self._since_ms is None:
            return None
        lent, serial = found
        kept = self._kept
        kept["used"][request.service] = serial
        kept["away_since_ms"] = kept["away_since_ms"] or max(1, at_ms - (now_ms() - self._since_ms))
        if not self._save():
            return None  # a number that is not remembered might be given out again
        told = TicketOffline(
            holder=kept["holder"],
            day=kept["day"],
            service=request.service,
            serial=serial,
            taken_at_ms=at_ms,
            away_since_ms=kept["away_since_ms"],
            language=request.language,
            priority=request.priority,
            priority_reason=request.priority_reason,
            persons=request.persons,
        )
        self._outlet.ask(told)
        return _ticket(told, lent["prefix"])

    def unprinted(self) -> "TicketIssued | None":
        """The newest ticket of an earlier life; an interruption may have come before its paper was thought of."""
        if self._path:
            for entry in reversed(self._outlet.outbox.entries):
                if entry.name == TicketOffline.name and entry.boot != self._outlet.boot:
                    told = TicketOffline.decode(entry.payload)
                    for lent in self._kept["leases"]:
                        if lent["service"] == told.service and told.day == self._kept["day"]:
                            return _ticket(told, lent["prefix"])
                    return None
        return None

    # ---

    def _give_up(self) -> None:
        """Before anything else is done for the person who waits: their answer must not be printed later."""
        request, self._pending = self._pending, None
        if not self._path:
            return
        if self._since_ms is None:
            self._since_ms = self._pending_ms
        self._kept["given_up"].append([request.boot, request.seq])
        self._save()
        self._was_away = self.is_away
        self._gave_up(request)

    def _next(self, service: str) -> "tuple[dict[str, Any], int] | None":
        """The block and serial of the next number of a service; None when none is left, or the day is over."""
        now = self.clock_ms()
        if now is not None and now >= self._kept["ends_at_ms"]:
            self._turn(now)
        if now is None or now >= self._kept["ends_at_ms"]:
            return None
        for lent in self._kept["leases"]:
            serial = max(lent["first"], self._kept["used"].get(service, 0) + 1)
            if lent["service"] == service and serial < lent["first"] + lent["count"]:
                return lent, serial
        return None

    def _turn(self, now: int) -> None:
        """The day is over, and no hub says so: on to the next one, if it is there and numbers were lent for it."""
        lent = self._kept.get("next")
        if lent and lent["ends_at_ms"] - DAY_MS <= now < lent["ends_at_ms"]:
            self._kept.update(lent)
            self._kept.update({"used": {}, "next": None})
            self._save()

    def _after_ms(self) -> int:
        after_s: int = self._kept.get("after_s", 8)
        return after_s * 1000

    def _ask(self) -> None:
        """For numbers, when some are missing or half of them are used; once for each page that shows them."""
        show, kept = self._show, self._kept
        if not self._path or not self._is_connected or show is None or not show.block:
            return
        has_next = not show.next_day or (kept.get("next") or {}).get("day") == show.next_day
        if kept["day"] == show.day and has_next and not [lent for lent in kept["leases"] if self._is_half_used(lent)]:
            return
        wanted = (show.epoch, show.rev, kept["day"], json.dumps(kept["used"]))
        if wanted != self._asked_for:
            self._asked_for = wanted
            try:
                self._outlet.ask(LeaseAsk(holder=kept["holder"]))
            except Full as error:
                self._outlet.note("lease", error)

    def _is_half_used(self, lent: "dict[str, Any]") -> bool:
        used = self._kept["used"].get(lent["service"], 0) - lent["first"] + 1
        return bool(used * 2 >= lent["count"])

    def clock_ms(self) -> "int | None":
        """The hub's clock, also as an earlier life of this program knew it, if the computer has not been off since."""
        now: "int | None" = self._outlet.clock_ms() if self._outlet else None
        if now is not None:
            return now
        minus = self._kept.get("hub_minus_ours_ms")
        return None if minus is None or self._kept["computer"] != _computer() else now_ms() + minus

    def _load(self) -> None:
        self._kept = {"holder": str(hexlify(os.urandom(6)), "ascii"), "day": "", "ends_at_ms": 0, "leases": []}
        self._kept.update({"used": {}, "given_up": [], "after_s": 8, "hub_minus_ours_ms": None, "computer": ""})
        self._kept["away_since_ms"] = 0  # of the outage that goes on, by the hub's clock
        for path in (self._path, self._path + ".new"):  # only the new one where the power went between two renames
            try:
                with open(path) as file:
                    kept = json.load(file)
                if isinstance(kept["holder"], str) and set(self._kept) <= set(kept):
                    if kept.get("services"):
                        ShowServices.from_plain(kept["services"])
                    self._kept = kept
                    return
            except (OSError, ValueError, KeyError, TypeError, Malformed):
                continue  # a new holder then, who is lent other numbers

    def _save(self) -> bool:
        """Whether it is on disk. Nothing is given out that is not."""
        if not self._path:
            return False
        now = self._outlet.clock_ms() if self._outlet else None
        if now is not None:
            self._kept.update({"hub_minus_ours_ms": now - now_ms(), "computer": _computer()})
        try:
            with open(self._path + ".new", "w") as file:
                json.dump(self._kept, file)
                file.flush()
                if self._sync and _fsync:
                    _fsync(file.fileno())
            os.rename(self._path + ".new", self._path)
        except OSError as error:
            self._outlet.note("lease", error)
            return False
        return True


def _ticket(told: "TicketOffline", prefix: str) -> "TicketIssued":
    number = prefix + ("%03d" % told.serial)
    return TicketIssued(
        boot=told.boot,
        seq=told.seq,
        ticket=told.day + "-" + number,
        number=number,
        service=told.service,
        ahead=0,
        issued_at_ms=told.taken_at_ms,
        priority=told.priority,
        persons=told.persons,
        offline=True,
    )


def _names(show: "dict[str, Any]") -> "list[Any]":
    """All but how many wait."""
    offers = [(offer["service"], offer["label"], offer.get("group", 0)) for offer in show["offers"]]
    return [show["hall"], offers, show.get("groups"), show.get("opens")]


def _computer() -> str:
    """This run of the computer, within which `now_ms` goes on from one program to the next; empty where unknown."""
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            return file.read().strip()
    except OSError:
        return ""
