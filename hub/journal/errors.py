"""What can go wrong with the journal; each error says what happened, where, and what to do next.

JournalError
├── JournalFull         the disk has no room: nothing was written
├── JournalCorrupt      the file, or a line in it, cannot be read
├── JournalLocked       somebody else holds the database
├── JournalUnreachable  the file or its folder cannot be opened, read or written
├── JournalConflict     a position or an origin is in the journal already, or a position was left out
├── JournalNewer        a newer program has been here
└── JournalOfOtherSite  the journal of another site
"""


class JournalError(Exception):
    """The journal could not do it; what was asked for has not happened at all."""


class JournalFull(JournalError):
    pass


class JournalCorrupt(JournalError):
    pass


class JournalLocked(JournalError):
    pass


class JournalUnreachable(JournalError):
    pass


class JournalConflict(JournalError):
    pass


class JournalNewer(JournalError):
    pass


class JournalOfOtherSite(JournalError):
    pass
