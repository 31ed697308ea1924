"""The memory of one-off acts: each is done once, by id, however often the hub repeats it, and never too late.

What was withdrawn is remembered like what was done: an act that comes behind its withdrawal finds it over.
"""

from firmware.wire.messages.device import ActDone

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

REMEMBERED = 16  # finished acts
AT_ONCE = 64  # acts that the role has accepted and not finished


class _Known:
    """``result`` is empty while the role is at it; ``entry`` is the confirmation in the outbox."""

    def __init__(self, act: str, result: str = "", entry: "Any" = None) -> None:
        self.act = act
        self.result = result
        self.entry = entry


class Acts:
    """``agent`` has role, outbox, clock_ms(), ask() and note()."""

    def __init__(self, agent: "Any") -> None:
        self._agent = agent
        self._known: "list[_Known]" = []
        self._early: "list[Any]" = []  # came before the hub's clock
        for entry in agent.outbox.entries:
            if entry.name == ActDone.name:
                done = ActDone.decode(entry.payload)
                self._known.append(_Known(done.act, done.result, entry))

    def received(self, act: "Any") -> None:
        """Do it, or say again what became of it. One that withdraws is never too late."""
        known = self._find(act.id)
        if known:
            if known.result and known.entry not in self._agent.outbox.entries:
                self._confirm(act.id, known.result)
            elif act.withdraws and not known.result:
                self._agent.role.withdrawn(act.id)
            return
        if act.withdraws:
            self._early = [early for early in self._early if early.id != act.id]
            return self._confirm(act.id, "withdrawn")
        now_ms = self._agent.clock_ms()
        if now_ms is None:
            if len(self._early) < REMEMBERED and act.id not in [early.id for early in self._early]:
                self._early.append(act)
        elif act.expires_at_ms <= now_ms:
            self._confirm(act.id, "expired")
        elif len([known for known in self._known if not known.result]) >= AT_ONCE:
            self._agent.note("act " + act.id, "more than %d at once; the hub will repeat it" % AT_ONCE)
        else:
            self._known.append(_Known(act.id))
            try:
                self._agent.role.act(act)
            except Exception as error:
                self._agent.note("act " + act.id, error)
                self._confirm(act.id, "failed")

    def welcomed(self) -> None:
        """The hub's clock is known: do what waited for it."""
        early, self._early = self._early, []
        for act in early:
            self.received(act)

    def asked(self, done: "Any", entry: "Any") -> None:
        """A confirmation went into the outbox, ours or the role's."""
        known = self._find(done.act)
        if not known:
            known = _Known(done.act)
            self._known.append(known)
        known.result = done.result
        known.entry = entry
        finished = [known for known in self._known if known.result]
        for known in finished[:-REMEMBERED]:
            self._known.remove(known)

    def _confirm(self, act: str, result: str) -> None:
        self._agent.ask(ActDone(act=act, result=result))

    def _find(self, act: str) -> "_Known | None":
        for known in self._known:
            if known.act == act:
                return known
        return None
