"""Subjects: the modules of rules. Each has ``DECIDES`` (request → rule) and ``EVOLVES`` (event → change)."""

from hub.engine import alarms, announcements, days, evaluations, issuing, parts, presence, tickets, transfers, windows

SUBJECTS = (days, issuing, tickets, transfers, windows, evaluations, alarms, announcements, presence, parts)
