"""The journal: what happened in a site, durable before anyone is told. The only room that knows the database."""

from hub.journal.aside import Aside, Receipt
from hub.journal.deliveries import Deliveries
from hub.journal.errors import (
    JournalConflict,
    JournalCorrupt,
    JournalError,
    JournalFull,
    JournalLocked,
    JournalNewer,
    JournalOfOtherSite,
    JournalUnreachable,
)
from hub.journal.journal import Journal
from hub.journal.report_days import ReportDay, ReportDays

__all__ = [
    "Aside",
    "Deliveries",
    "Journal",
    "JournalConflict",
    "JournalCorrupt",
    "JournalError",
    "JournalFull",
    "JournalLocked",
    "JournalNewer",
    "JournalOfOtherSite",
    "JournalUnreachable",
    "Receipt",
    "ReportDay",
    "ReportDays",
]
