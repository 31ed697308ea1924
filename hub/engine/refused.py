"""Refused: a rule said no. Every code is declared here once; its words are ``refused.{code}`` in firmware/words."""

import msgspec


class Refused(msgspec.Struct, frozen=True):
    """``code`` is a key of the catalogue without its ``refused.``, so that a person can be told in their language."""

    code: str


SERVICE_UNKNOWN = Refused("service.unknown")
SERVICE_ELSEWHERE = Refused("service.elsewhere")

SERVICE_CLOSED = Refused("service.closed")
SERVICE_QUOTA = Refused("service.quota")
SERVICE_FULL = Refused("service.full")
HALL_UNKNOWN = Refused("hall.unknown")
GROUP_SIZE = Refused("group.size")
VISIT_UNKNOWN = Refused("visit.unknown")
PRIORITY_REASON = Refused("priority.reason")

APPOINTMENT_UNKNOWN = Refused("appointment.unknown")
APPOINTMENT_EARLY = Refused("appointment.early")
APPOINTMENT_LATE = Refused("appointment.late")
APPOINTMENT_OTHER_DAY = Refused("appointment.other_day")
APPOINTMENT_TIMES = Refused("appointment.times")
APPOINTMENT_IS = {
    "cancelled": Refused("appointment.cancelled"),
    "checked_in": Refused("appointment.checked_in"),
    "missed": Refused("appointment.missed"),
}

TERMINAL_UNKNOWN = Refused("terminal.unknown")

TICKET_UNKNOWN = Refused("ticket.unknown")
TICKET_NOT_HERE = Refused("ticket.not_here")
TICKET_OVER = Refused("ticket.over")
TICKET_IS = {
    "waiting": Refused("ticket.waiting"),
    "called": Refused("ticket.called"),
    "serving": Refused("ticket.serving"),
    "held": Refused("ticket.held"),
    "finished": TICKET_OVER,
    "passed": TICKET_OVER,
    "expired": TICKET_OVER,
}
QUEUE_EMPTY = Refused("queue.empty")
RECALL_LIMIT = Refused("recall.limit")

WINDOW_UNKNOWN = Refused("window.unknown")
WINDOW_BUSY = Refused("window.busy")
WINDOW_HOLDING = Refused("window.holding")
WINDOW_IS = {
    "closed": Refused("window.closed"),
    "open": Refused("window.open"),
    "paused": Refused("window.paused"),
}

UNDO_NOTHING = Refused("undo.nothing")
UNDO_FOLLOWED = Refused("undo.followed")
UNDO_LATE = Refused("undo.late")
VISITOR_ELSEWHERE = Refused("visitor.elsewhere")

STAFF_UNKNOWN = Refused("staff.unknown")
STAFF_ELSEWHERE = Refused("staff.elsewhere")
STAFF_OTHER = Refused("staff.other")
STAFF_NOBODY = Refused("staff.nobody")

TRANSFER_WHERE = Refused("transfer.where")
TRANSFER_WHEN = Refused("transfer.when")
TRANSFER_SAME = Refused("transfer.same")
TRANSFER_NOT_SERVED = Refused("transfer.not_served")
TRANSFER_NOBODY = Refused("transfer.nobody")
TRANSFER_CLOSED = Refused("transfer.closed")

EVALUATION_TERMINAL = Refused("evaluation.terminal")
EVALUATION_CLOSED = Refused("evaluation.closed")
EVALUATION_DONE = Refused("evaluation.done")
EVALUATION_LEVEL = Refused("evaluation.level")
EVALUATION_REASON = Refused("evaluation.reason")
EVALUATION_WHY = Refused("evaluation.why")
EVALUATION_PAPER = Refused("evaluation.paper")

CASE_UNKNOWN = Refused("case.unknown")
CASE_ACT = Refused("case.act")
CASE_WHOM = Refused("case.whom")
CASE_OWN = Refused("case.own")
CASE_APPEALED = Refused("case.appealed")
CASE_NOT_CONTACTED = Refused("case.not_contacted")
CASE_WHY = Refused("case.why")
CASE_REASON = Refused("case.reason")

LEASE_NONE = Refused("lease.none")
LEASE_UNKNOWN = Refused("lease.unknown")
LEASE_USED = Refused("lease.used")
LEASE_OVER = Refused("lease.over")

ALARM_UNKNOWN = Refused("alarm.unknown")
ALARM_ACKNOWLEDGED = Refused("alarm.acknowledged")
ALARM_NOT_ACKNOWLEDGED = Refused("alarm.not_acknowledged")
ALARM_TAMPERED = Refused("alarm.tampered")
ALARM_CLOSED = Refused("alarm.closed")

CHANNEL_UNKNOWN = Refused("channel.unknown")
PHRASE_UNKNOWN = Refused("phrase.unknown")
DEVICE_UNKNOWN = Refused("device.unknown")
ACT_ELSEWHERE = Refused("act.elsewhere")
ACT_OVER = Refused("act.over")


def _codes() -> tuple[str, ...]:
    found: set[str] = set()
    for value in list(globals().values()):
        for item in value.values() if isinstance(value, dict) else (value,):
            if isinstance(item, Refused):
                found.add(item.code)
    return tuple(sorted(found))


CODES = _codes()  # all there are
