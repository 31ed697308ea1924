"""Subjects: the modules of rules. Each has ``DECIDES`` (request → rule) and ``EVOLVES`` (event → change)."""

from hub.engine import (
    alarms,
    announcements,
    appointments,
    days,
    evaluations,
    issuing,
    parts,
    presence,
    tickets,
    transfers,
    windows,
)

SUBJECTS = (
    days,
    issuing,
    appointments,
    tickets,
    transfers,
    windows,
    evaluations,
    alarms,
    announcements,
    presence,
    parts,
)
