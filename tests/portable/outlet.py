"""What a role asks through in tests: a real outbox, and the hub's clock in the test's hand."""

from firmware.link.outbox import Outbox
from tests.portable.bench import fresh_folder


class Outlet:
    """``asked`` are the requests; they stay in the outbox until `answer`."""

    opened = []  # to be closed after the test

    def __init__(self, max_entries=100, now_ms=1000):
        self._outbox = Outbox(fresh_folder(), max_entries, boot="life-1")
        self.boot = self._outbox.boot
        self.asked = []
        self.reported = []
        self.now_ms = now_ms
        Outlet.opened.append(self)

    def close(self):
        self._outbox.close()

    def report(self, message):
        self.reported.append(message)

    def ask(self, request):
        self._outbox.add(request)
        self.asked.append(request)

    def clock_ms(self):
        return self.now_ms

    def answer(self, role, answer_class, **values):
        """The oldest request that waits is answered."""
        entry = self._outbox.entries[0]
        self._outbox.drop(entry)
        role.answered(entry.name, answer_class(boot=entry.boot, seq=entry.seq, **values))


class Pages:
    """The glass before a role's screen: the pages in the order in which they came."""

    def __init__(self):
        self.pages = []

    def display(self, name, content):
        self.pages.append((name, content))

    @property
    def page(self):
        return self.pages[-1][0]

    @property
    def content(self):
        return self.pages[-1][1]
