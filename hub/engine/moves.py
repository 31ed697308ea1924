"""Legal moves: what may happen to a ticket, a window, an alarm in each state, and the state that follows.

These tables are the rule. `decide` refuses what is not in them, `evolve` moves by them, the diagrams in docs are drawn
from them (`hub.engine.diagrams`).
"""

from typing import Final

Moves = dict[tuple[str, str], str]  # (state, act) → the state that follows; "" is before the beginning

TICKET: Final[Moves] = {
    ("", "take"): "waiting",
    ("waiting", "call"): "called",
    ("waiting", "prioritise"): "waiting",  # by a person, with a reason
    ("waiting", "transfer"): "waiting",  # waited for one window, which sends it back or on
    ("waiting", "expire"): "expired",
    ("called", "recall"): "called",
    ("called", "serve"): "serving",
    ("called", "finish"): "finished",  # the clerk did not press serve
    ("called", "pass"): "passed",
    ("called", "requeue"): "waiting",  # did not come, and may yet: where the site says so
    ("called", "hold"): "held",
    ("called", "transfer"): "waiting",
    ("called", "return"): "waiting",  # back to the window that had sent it here
    ("called", "expire"): "expired",
    ("serving", "finish"): "finished",
    ("serving", "hold"): "held",
    ("serving", "transfer"): "waiting",
    ("serving", "return"): "waiting",
    ("serving", "expire"): "expired",
    ("held", "resume"): "called",
    ("held", "prioritise"): "held",
    ("held", "transfer"): "waiting",
    ("held", "expire"): "expired",
}

WINDOW: Final[Moves] = {
    ("closed", "open"): "open",
    ("open", "pause"): "paused",
    ("open", "close"): "closed",
    ("paused", "open"): "open",
    ("paused", "close"): "closed",
}

APPOINTMENT: Final[Moves] = {
    ("", "book"): "booked",
    ("booked", "change"): "booked",
    ("booked", "cancel"): "cancelled",
    ("booked", "check_in"): "checked_in",
    ("booked", "miss"): "missed",
}

ALARM: Final[Moves] = {
    ("", "raise"): "raised",
    ("raised", "press"): "raised",
    ("raised", "acknowledge"): "acknowledged",
    ("acknowledged", "press"): "acknowledged",
    ("acknowledged", "close"): "closed",  # latched until a person resets it: GB 50394-2007, 5.2.3
}


CASE: Final[Moves] = {
    ("", "receive"): "received",
    ("received", "accept"): "screened",
    ("received", "mistaken"): "mistaken",  # 误评
    ("received", "malicious"): "malicious",  # 恶意差评
    ("screened", "assign"): "assigned",
    ("assigned", "assign"): "assigned",  # to somebody else
    ("assigned", "contact"): "contacted",
    ("assigned", "miss"): "assigned",  # called back in vain
    ("assigned", "rectify"): "rectifying",  # of one whom nobody can call back
    ("assigned", "appeal"): "appealed",
    ("contacted", "rectify"): "rectifying",
    ("contacted", "reply"): "replied",  # mended at once, or explained
    ("contacted", "appeal"): "appealed",
    ("rectifying", "reply"): "replied",
    ("rectifying", "appeal"): "appealed",
    ("appealed", "uphold"): "upheld",
    ("appealed", "overturn"): "overturned",
    ("upheld", "assign"): "assigned",
    ("upheld", "contact"): "contacted",
    ("replied", "review"): "reviewed",
    ("reviewed", "rectify"): "rectifying",  # the visitor is not content
    ("reviewed", "close"): "closed",
    ("mistaken", "close"): "closed",
    ("malicious", "close"): "closed",
    ("overturned", "close"): "closed",
}


def states(moves: Moves) -> tuple[str, ...]:
    """Every state of the table, in the order in which it appears."""
    return tuple(dict.fromkeys(state for (before, _), after in moves.items() for state in (before, after) if state))


def ends(moves: Moves) -> frozenset[str]:
    """The states that nothing leaves."""
    return frozenset(states(moves)) - {before for before, _ in moves}


TICKET_OVER: Final = ends(TICKET)
