"""Feeds a hardware watchdog while link and role both make progress; where they do not, the board starts again.

Progress is judged by what each is bound to do, never by what people do: a button that nobody presses is healthy.

- The event loop turns, or nothing feeds.
- The link's loop turns: an attempt, a look at a connection or a rest ended when it was due. A broker that is away is
  no reason to restart; but a device that had a link in this life and found none for half an hour may have a network
  chip that only a reset cures. After that reset it has had none, so it does not restart for ever.
- A role that has work says how far it is (``step``: a number that changes with each step, None while it waits for
  people), and takes the next step sooner than any step can last. The work as a whole may last: an hour of music is a
  step every 32 ms. What a role does without awaiting, such as drawing, is judged by the event loop. A role that fails
  is started again by the agent, which says so: that is progress too.
"""

from firmware.clock import now_ms

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

LINK_TURN_MS = 60000  # later than due: its loop hangs
LINK_AWAY_MS = 30 * 60000
STEP_MS = 60000  # drivers give up in seconds what does not go on


class Watchdog:
    """``port`` has ``feed()``: `machine.WDT`, or a part of `drivers.linux.watchdog`. Looked at every second."""

    def __init__(self, port: "Any", agent: "Any") -> None:
        self._port = port
        self._agent = agent
        self._linked_ms: "int | None" = None
        self._step: "int | None" = None  # how far the role was, and since when
        self._step_ms = 0
        self._complaint = ""

    def look(self) -> None:
        """Feed it, or say once why not: the line may still reach the hub."""
        complaint = self._what_hangs(now_ms())
        if not complaint:
            self._port.feed()
        elif complaint != self._complaint:
            self._agent.note("watchdog", complaint + "; the board starts again")
        self._complaint = complaint

    def _what_hangs(self, now: int) -> str:
        client = self._agent.client
        if client.is_up:
            self._linked_ms = now
        if now - client.due_ms > LINK_TURN_MS:
            return "the link hangs"
        if self._linked_ms is not None and now - self._linked_ms > LINK_AWAY_MS:
            return "no link for %d min" % (LINK_AWAY_MS // 60000)
        step = getattr(self._agent.role, "step", None)
        if step is None or step != self._step:
            self._step, self._step_ms = step, now
        elif now - self._step_ms > STEP_MS:
            return "the role hangs"
        return ""
