"""Cases: a poor rating is screened, assigned, called back about, made good, replied to, reviewed; or appealed.

The steps are those of 国办发〔2019〕51号: whoever rendered the service mends it, every poor rating of a known visitor
is called back, ratings by mistake or in malice count nowhere. No national text names a number of days.
"""

from hub.engine import hours, moves, reasons, refused
from hub.engine.events import CaseMoved, CaseOpened, CaseOverdue, ServiceRated
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import MoveCase
from hub.engine.state import Case, Site, Step

CLOSED_KEPT = 200  # in the state; the journal has them all
CALLS_IN_VAIN = 3  # after so many nobody need be reached
BY_ANOTHER = ("review", "uphold", "overturn")  # not by the one whose case it is
VOID = ("mistaken", "malicious", "overturned")
REPLIED = ("replied", "reviewed", "closed", *VOID)  # no reply is due any more


def opening(plan: Plan, rating: ServiceRated, visitor: str) -> CaseOpened:
    """The case of a poor rating."""
    return CaseOpened(
        at_ms=rating.at_ms,
        case=f"{rating.ticket}-{rating.nth}",
        ticket=rating.ticket,
        window=rating.window,
        service=rating.service,
        level=rating.level,
        reasons=rating.reasons,
        words=rating.words,
        visitor=visitor,
        deadline_ms=hours.workdays_after_ms(plan, rating.at_ms, plan.settings.rectify_workdays),
    )


def move(plan: Plan, site: Site, request: MoveCase) -> tuple[CaseMoved] | Refused:
    case = site.cases.get(request.case)
    if case is None:
        return refused.CASE_UNKNOWN
    state = moves.CASE.get((case.state, request.act))
    if state is None:
        return refused.CASE_ACT
    no = _forbidden(case, request)
    if no is not None:
        return no
    return (
        CaseMoved(
            at_ms=request.at_ms,
            case=case.id,
            act=request.act,
            state=state,
            by=request.by,
            window=case.window,
            to=request.to,
            note=request.note,
            reasons=request.reasons,
        ),
    )


def _forbidden(case: Case, request: MoveCase) -> Refused | None:
    act = request.act
    if (act == "assign") != bool(request.to):
        return refused.CASE_WHOM
    if act in BY_ANOTHER and request.by == case.assignee:
        return refused.CASE_OWN
    if act == "appeal" and case.was_appealed:
        return refused.CASE_APPEALED
    if request.reasons and not (
        act == "contact" and all(reasons.is_offered(case.level, one) for one in request.reasons)
    ):
        return refused.CASE_REASON
    if (
        act == "contact"
        and not request.note
        and reasons.why(case.level, case.reasons or request.reasons, case.words) == "key"
    ):
        return refused.CASE_WHY
    if act == "rectify" and not (case.contacted_at_ms or not case.visitor or case.missed >= CALLS_IN_VAIN):
        return refused.CASE_NOT_CONTACTED
    return None


def words_of_open(site: Site) -> set[str]:
    """Where the words are that somebody at work on a case may still want to read."""
    is_open = [case for case in site.cases.values() if case.state != "closed"]
    return {ref for case in is_open for ref in (case.words, *(step.note for step in case.steps)) if ref}


def newly_overdue(site: Site, at_ms: int) -> list[Case]:
    """Those whose reply was due and is not there; each is told once. Costs a look at each open case."""
    return [
        case
        for case in site.cases.values()
        if not case.is_overdue and case.deadline_ms <= at_ms and case.state not in REPLIED
    ]


def note_overdue(site: Site, at_ms: int) -> tuple[CaseOverdue, ...]:
    return tuple(CaseOverdue(at_ms=at_ms, case=case.id, window=case.window) for case in newly_overdue(site, at_ms))


def opened(plan: Plan, site: Site, event: CaseOpened) -> None:
    site.cases[event.case] = Case(
        id=event.case,
        ticket=event.ticket,
        window=event.window,
        service=event.service,
        level=event.level,
        reasons=event.reasons,
        words=event.words,
        visitor=event.visitor,
        state=moves.CASE["", "receive"],
        opened_at_ms=event.at_ms,
        changed_at_ms=event.at_ms,
        deadline_ms=event.deadline_ms,
    )


def moved(plan: Plan, site: Site, event: CaseMoved) -> None:
    case = site.cases[event.case]
    case.state = moves.CASE[case.state, event.act]
    case.changed_at_ms = event.at_ms
    case.steps.append(Step(act=event.act, by=event.by, at_ms=event.at_ms, to=event.to, note=event.note))
    if event.act == "assign":
        case.assignee = event.to
    elif event.act == "miss":
        case.missed += 1
    elif event.act == "contact":
        case.contacted_at_ms = event.at_ms
        case.reasons = tuple(sorted({*case.reasons, *event.reasons}))
    elif event.act == "reply":
        case.replied_at_ms = event.at_ms
    elif event.act == "appeal":
        case.was_appealed = True
    if case.state in VOID:
        case.is_valid = False
    if case.state == "closed":
        _close(site, case, event.at_ms)


def _close(site: Site, case: Case, at_ms: int) -> None:
    """Goes to the end, so that of the closed ones the first is always the one closed longest ago."""
    case.closed_at_ms = at_ms
    site.cases[case.id] = site.cases.pop(case.id)
    done = [one.id for one in site.cases.values() if one.state == "closed"]
    for old in done[:-CLOSED_KEPT]:
        del site.cases[old]


def overdue(plan: Plan, site: Site, event: CaseOverdue) -> None:
    site.cases[event.case].is_overdue = True


DECIDES = {MoveCase: move}
EVOLVES = {CaseOpened: opened, CaseMoved: moved, CaseOverdue: overdue}
