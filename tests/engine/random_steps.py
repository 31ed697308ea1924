"""Random steps: what people might press in the small building, sensible or not. The same seed, the same day."""

from random import Random

from hub.engine import requests
from hub.engine.state import WindowState
from tests.engine.hall_day import HallDay
from tests.engine.seldom_steps import SELDOM, any_seldom, press_seldom
from tests.engine.small_site import DAY_MS

WINDOWS = ("tax-1", "tax-2", "law-1")
VISITORS = ("v0", "v1", "v2", "v3")
SERVICES = ("invoices", "certificates", "notary", "archive")
ABOUT = ("RecallTicket", "PassTicket", "ServeTicket", "FinishTicket", "HoldTicket", "ResumeTicket")

VERBS_AT = ("CallNext", "OpenWindow", "OpenWindow", "PauseWindow", "CloseWindow")
WAITS_MS = (-7_200_000, 1, 60_000, 60_000, 3_600_000, DAY_MS)
HALF_AN_HOUR_MS = 1_800_000


def any_step(chance: Random) -> tuple:
    """Mostly what people would do, sometimes what they should not. ``whose``: -1 the one held first at the window,
    0 the one there, from 1 one of the newest tickets."""
    at, whose = chance.choice(WINDOWS), chance.randint(-1, 5)
    if chance.random() < 0.15:
        return any_seldom(chance)
    if chance.random() < 0.3:
        if chance.random() < 0.2:
            return (chance.choice(("BookAppointment", "CheckIn", "CheckIn", "CancelAppointment")), chance.randint(0, 7))
        kiosk = chance.choice(("kiosk-entrance", "kiosk-law"))
        who, visit = chance.choice(("", "", *VISITORS)), chance.randint(-12, 3)
        return ("TakeTicket", chance.choice(SERVICES), kiosk, chance.random() < 0.2, who, visit)
    if chance.random() < 0.7:
        return ("clerk", at, chance.randint(0, 9))
    return chance.choice(
        (
            (chance.choice(VERBS_AT), at),
            (chance.choice(ABOUT), at, whose),
            ("TransferTicket", at, whose, *_where(chance)),
            ("UndoAct", at, 0),
            ("UndoAct", at, whose),
            ("SignIn", at, chance.choice(VISITORS)),
            ("SignOut", at),
            ("LookAtClock",),
            ("ClearQueue", chance.choice(("tax", "law"))) if chance.random() < 0.2 else ("LookAtClock",),
            ("RateService", at, whose, chance.randint(1, 5)),
            ("RaiseAlarm", chance.choice(("help-tax", "help-law"))),
            (chance.choice(("AcknowledgeAlarm", "CloseAlarm")), chance.randint(0, 3)),
            ("ConfirmAct", chance.randint(0, 3)),
            ("NotePart", chance.choice(("help-tax", "help-law")), chance.choice(("", "broken", "unplugged"))),
            ("wait", chance.choice(WAITS_MS) if chance.random() < 0.3 else HALF_AN_HOUR_MS),
        )
    )


def _where(chance: Random) -> tuple:
    """To which service or window, whether it comes back, in how many minutes."""
    to = chance.choice(("", *SERVICES)), chance.choice(("", *WINDOWS))
    return (*to, chance.random() < 0.3, chance.choice((0, 0, 20)))


def next_at(day: HallDay, at: str, nth: int) -> tuple:
    """What a clerk at this window might do now; ``nth`` chooses."""
    now = day.site.windows.get(at)
    if now is None or now.state != "open":
        return ("OpenWindow", at)
    if not now.ticket:
        rest = [("RateService", at, 0, 1 + nth % 5)] if now.rating else [("PauseWindow", at)]
        rest += [("ResumeTicket", at, -1)] if now.held else [("CloseWindow", at)]
        return (*rest, *[("CallNext", at)] * 8)[nth]
    onward = [("TransferTicket", at, 0, service, "", nth % 2 == 0, 0) for service in SERVICES[:2]]
    onward += [("TransferTicket", at, 0, "", other, nth % 2 == 0, 0) for other in WINDOWS[:2]]
    if day.site.tickets[now.ticket].state == "serving":
        return (*onward, *[("FinishTicket", at, 0)] * 4, *[("HoldTicket", at, 0)] * 2)[nth]
    rest = [(verb, at, 0) for verb in ("RecallTicket", "PassTicket", "FinishTicket", "HoldTicket")]
    return (*rest, *onward, ("ServeTicket", at, 0), ("ServeTicket", at, 0))[nth]


def press(day: HallDay, step: tuple) -> str:
    """One step of a random day, as a request."""
    if step[0] == "clerk":
        step = next_at(day, step[1], step[2])
    verb, *what = step
    if verb in SELDOM:
        return press_seldom(day, step)
    if verb == "wait":
        day.at_ms += what[0]
        return day.ask_for(requests.TurnDay, "hub")
    kind = getattr(requests, verb)
    if verb == "TakeTicket":
        priority = "elderly" if what[2] else "none"
        visit = pick(day.site.tickets, what[4]) if 0 < what[4] <= len(day.site.tickets) else ""
        return day.ask_for(kind, what[1], service=what[0], priority=priority, visitor=what[3], visit=visit)
    if verb in ("BookAppointment", "CheckIn", "CancelAppointment"):
        return _about_appointment(day, kind, f"v{what[0] % 4}", f"v{what[0] % 4}-{SERVICES[what[0] % 3]}")
    if verb in ("LookAtClock", "ClearQueue"):
        return day.ask_for(kind, "hub", **({"hall": what[0]} if what else {}))
    if verb == "SignIn":
        return day.ask_for(kind, f"call-{what[0]}", window=what[0], staff=what[1])
    if verb == "RaiseAlarm":
        return day.ask_for(kind, what[0])
    if verb in ("AcknowledgeAlarm", "CloseAlarm"):
        return day.ask_for(kind, "admin", alarm=pick(day.site.alarms, what[0]))
    if verb == "NotePart":
        return day.ask_for(kind, what[0], part="lamp", fault=what[1])
    if verb == "ConfirmAct":
        return day.ask_for(kind, "amplifier", act=pick(day.site.announcements, what[0]), result="done")
    at = what[0]
    if len(what) == 1:
        return day.ask_for(kind, f"call-{at}", window=at)
    now = day.site.windows.get(at)
    ticket = pick(day.site.tickets, what[1]) if what[1] > 0 else whom(now, what[1])
    if verb == "TransferTicket":
        where = {"to_service": what[2], "to_window": what[3], "comes_back": what[4], "after_min": what[5]}
        return day.ask_for(kind, f"call-{at}", window=at, ticket=ticket, **where)
    if verb == "RateService":
        return day.ask_for(kind, f"rate-{at}", window=at, ticket=ticket, level=what[2])
    return day.ask_for(kind, f"call-{at}", window=at, ticket=ticket)


def _about_appointment(day: HallDay, kind: type, visitor: str, appointment: str) -> str:
    if kind is requests.BookAppointment:
        return day.books(visitor, appointment.partition("-")[2], starts_in_min=10, lasts_min=240)
    if kind is requests.CheckIn:
        return day.ask_for(kind, "kiosk-entrance", visitor=visitor, appointment=appointment)
    return day.ask_for(kind, "platform", appointment=appointment)


def whom(now: WindowState | None, which: int) -> str:
    if now is None or (which < 0 and not now.held):
        return "nobody"
    return now.held[0] if which < 0 else now.ticket or now.rating


def pick(items: dict, nth: int) -> str:
    return list(items)[-nth] if 0 < nth <= len(items) else "nobody"
