"""The audit log: who did what, when, from where, and what it changed; chained, so that nothing of it goes unseen."""

from hub.audit.deed import Caller, Deed, Row, caller, of_caller, of_shell
from hub.audit.log import KEPT_DAYS, Audit, AuditFault, note

__all__ = ["KEPT_DAYS", "Audit", "AuditFault", "Caller", "Deed", "Row", "caller", "note", "of_caller", "of_shell"]
