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
    staff,
    tickets,
    transfers,
    undoing,
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
    undoing,
    windows,
    staff,
    evaluations,
    alarms,
    announcements,
    presence,
    parts,
    lights,
)
