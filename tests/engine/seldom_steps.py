"""What happens seldom in a hall and must go well in any order: kiosks alone, people at the desk, cases, devices; and
the sites it happens in: with other rules, with sections that end."""

from random import Random

from msgspec import structs

from hub import policy_file
from hub.engine import moves, requests
from hub.engine.phrases import PHRASES
from hub.engine.plan import AttendanceTerminal, Hours, Plan
from tests.engine.hall_day import HallDay
from tests.engine.small_site import small_plan

KIOSKS = ("kiosk-tax", "kiosk-law", "kiosk-entrance")
SERVICES = ("invoices", "certificates", "notary")
PEOPLE = ("boss", "v0", "v1")
SECTIONS = ((9 * 60, 12 * 60), (14 * 60, 17 * 60))
POLICIES = (
    "",
    """rules = ["when waited over 30 min then first", "when priority then plus 10 min"]
    [weights.tax-1]
    certificates = 5""",
    """rules = ["when sent here then first", "when service is certificates then last",
             "when waited over 5 min then times 3"]""",
)


def any_plan(chance: Random, **settings: int) -> Plan:
    """The small building under one of three policies, and by chance with sections in which tickets end."""
    has_sections = chance.random() < 0.3
    plan = small_plan(expire_with_section=has_sections, offline_numbers=chance.choice((2, 50)), **settings)
    policy = chance.choice(POLICIES)
    return structs.replace(
        plan,
        policy=policy_file.read(plan, policy) if policy else plan.policy,
        hours=Hours(week=(SECTIONS,) * 7) if has_sections else None,
        attendance=(AttendanceTerminal(id="clock", hall="tax"),),
    )


def any_seldom(chance: Random) -> tuple:
    kiosk, nth = chance.choice(KIOSKS), chance.randint(0, 5)
    return chance.choice(
        (
            ("AskLease", kiosk, chance.choice(("disk", "disk", "new-disk"))),
            ("AskLease", kiosk, "disk"),
            ("AdmitTicket", kiosk, chance.choice(SERVICES), nth, chance.choice((-5, 0, 3, 40)), chance.random() < 0.2),
            ("AdmitTicket", kiosk, chance.choice(SERVICES), nth, 10, False),
            ("WithdrawTicket", kiosk, nth),
            ("ReprintTicket", nth),
            ("GivePriority", nth, chance.choice(("none", "elderly", "other")), chance.choice(("", "x", "y"))),
            ("MoveCase", nth, chance.choice(ACTS), chance.choice(PEOPLE), chance.choice(PEOPLE)),
            ("NoteDevice", chance.choice((*KIOSKS, "strip-tax", "roof")), chance.random() < 0.5),
            ("SkipNumbers",) if chance.random() < 0.2 else ("NotePunch", chance.choice(("clock", "roof"))),
            ("Announce", chance.choice(("pa", "roof")), chance.choice((*PHRASES, "song"))),
            ("WithdrawAnnouncement", nth),
            ("LightStrips",),
            ("CloseFigures",),
        )
    )


ACTS = tuple(dict.fromkeys(act for (before, act) in moves.CASE if before))


def press_seldom(day: HallDay, step: tuple) -> str:
    verb, *what = step
    return _PRESSES[verb](day, getattr(requests, verb), *what)


def _asks_lease(day: HallDay, kind: type, kiosk: str, holder: str) -> str:
    return day.ask_for(kind, kiosk, holder=holder)


def _admits(day: HallDay, kind: type, kiosk: str, service: str, nth: int, ago_min: int, has_priority: bool) -> str:
    """A number of the newest block that this kiosk was lent, or just behind it."""
    blocks = [lease for lease in day.site.leases.get(kiosk, ()) if lease.service == service]
    return day.ask_for(
        kind,
        kiosk,
        holder=blocks[-1].holder if blocks else "disk",
        day=day.site.day,
        service=service,
        serial=(blocks[-1].first if blocks else 701) + nth,
        taken_at_ms=day.at_ms - ago_min * 60_000,
        away_since_ms=day.at_ms - 3_600_000,
        priority="elderly" if has_priority else "none",
    )


def _withdraws(day: HallDay, kind: type, kiosk: str, nth: int) -> str:
    return day.ask_for(kind, kiosk, ticket=_newest(day.site.tickets, nth))


def _reprints(day: HallDay, kind: type, nth: int) -> str:
    return day.ask_for(kind, "kiosk-tax", number=_newest(day.site.tickets, nth).partition("-")[2])


def _prioritises(day: HallDay, kind: type, nth: int, priority: str, reason: str) -> str:
    return day.ask_for(kind, "admin", ticket=_newest(day.site.tickets, nth), priority=priority, reason=reason)


def _moves_case(day: HallDay, kind: type, nth: int, act: str, by: str, to: str) -> str:
    """Mostly what may come next in that case."""
    case = _newest(day.site.cases, nth % 3)
    state = day.site.cases[case].state if case in day.site.cases else ""
    legal = [legal for before, legal in moves.CASE if before == state]
    act = legal[nth % len(legal)] if legal and nth < 5 else act
    return day.ask_for(kind, by, case=case, act=act, to=to if act == "assign" else "", note="w1" if nth % 2 else "")


_PRESSES = {
    "AskLease": _asks_lease,
    "AdmitTicket": _admits,
    "WithdrawTicket": _withdraws,
    "ReprintTicket": _reprints,
    "GivePriority": _prioritises,
    "MoveCase": _moves_case,
    "NoteDevice": lambda day, kind, device, is_online: day.ask_for(kind, "hub", device=device, is_online=is_online),
    "SkipNumbers": lambda day, kind: day.ask_for(kind, "admin", count=7),
    "NotePunch": lambda day, kind, clock: day.ask_for(kind, clock, badge="17", punched_at_ms=day.at_ms),
    "Announce": lambda day, kind, channel, phrase: day.ask_for(kind, "admin", channel=channel, phrase=phrase),
    "WithdrawAnnouncement": lambda day, kind, nth: day.ask_for(kind, "admin", act=_newest(day.site.announcements, nth)),
    "LightStrips": lambda day, kind: day.ask_for(kind, "hub"),
    "CloseFigures": lambda day, kind: day.ask_for(kind, "hub", first="20261116", last="20261122"),
}
SELDOM = tuple(_PRESSES)


def _newest(items: dict, nth: int) -> str:
    return list(items)[-1 - nth] if nth < len(items) else "nobody"
