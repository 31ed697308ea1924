"""Subjects: the modules of rules. Each has ``DECIDES`` (request → rule) and ``EVOLVES`` (event → change)."""

from hub.engine import (
    alarms,
    announcements,
    appointments,
    clock,
    days,
    evaluations,
    issuing,
    lights,
    parts,
    presence,
    sections,
    tickets,
    transfers,
    windows,
)

SUBJECTS = (
    days,
    clock,
    sections,
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
    lights,
)
