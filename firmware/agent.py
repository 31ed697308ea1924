"""The agent of a device: keeps link, role and heartbeat running, and carries messages between role and hub.

The role is the program that makes a board a kiosk, a strip … It gets ``outlet`` (this agent), of which it may use
``ask``, ``clock_ms``, ``boot``, ``keep``. The agent calls ``run``, ``shown``, ``act``, ``answered``, ``connected``.
"""

import asyncio
import gc

from firmware.clock import now_ms
from firmware.link.outbox import Outbox, new_boot
from firmware.logs import Log
from firmware.wire import topics
from firmware.wire.fields import Malformed
from firmware.wire.messages.base import Act, Answer, Show
from firmware.wire.messages.device import Ack, Heartbeat, Refused, Welcome

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

BASE = (Welcome, Ack, Refused)  # what every device accepts
ASKED = ("device/logs", "device/locate", "part/test")  # acts of `firmware.asked`, which is not in memory before
LOG_BYTES = 512 if hasattr(gc, "mem_free") else 8192  # a microcontroller's, or not
OF_UPDATES = ("show/update", "update/test")  # what starts the updater, which is not in memory before


class Agent:
    """``board``: what board.json says; ``opener`` replaces `sockets.open_socket`; ``log`` takes lines for people."""

    unanswered_limit = 12  # requests on their way to the hub; the others wait in the outbox
    answer_ms, answer_max_ms = 5000, 30000  # not answered for so long: ask again
    hello_ms, hello_max_ms = 2000, 60000  # not welcomed for so long: say hello again
    restart_s, restart_max_s = 1, 30  # a task that failed rests so long
    stand_by_s = 600  # told that another board has our id: away for so long
    trouble_ms = 120000  # how long the heartbeat mentions a failure
    beat_s = 1  # how often it is looked at what is due

    # What a board may have beside the parts of its role.
    locator: "Any" = None  # a lamp of its own, to be found by
    locating: "Any" = None  # the task that puts it out
    parts: "Any" = None  # by name, for who tests them
    testing: "Any" = None  # the task that does
    watchdog: "Any" = None  # `firmware.watchdog.Watchdog`
    signal_dbm: "Any" = None  # called: strength of a radio's signal, -120 to -1

    def __init__(self, board: "dict[str, Any]", role: "Any", opener: "Any" = None, log: "Any" = None) -> None:
        self.role = role
        self.boot = new_boot()
        self.errors = 0
        self._board = board
        self.keep = (board["data"], board.get("sync", True))  # where and how surely a role keeps what may not be lost
        self._log = log
        self._lines = Log(board.get("log_bytes", LOG_BYTES))
        self._links = 0  # connections of this life
        self._drop = ""  # why the last one ended
        self._round_trip_ms = 0  # from the newest message that the hub answered, to its answer
        self._site, self.device, self.kind = board["site"], board["device"], board["kind"]
        self._accepts = {kind.name: kind for kind in BASE + tuple(role.ACCEPTS)}
        self._down = topics.down(self._site, self.device, "")
        self._newest: "dict[str, tuple[int, int]]" = {}  # slot's topic → epoch and rev of what it shows
        self.trouble = ("", 0)
        self._hub_minus_ours_ms: "int | None" = None
        self._is_welcome = False
        self._is_second = False  # told to stand by
        self._updater: "Any" = None
        self._tasks: "list[Any]" = []
        self._reset_cause = board.get("reset_cause", "unknown")
        self._profile = board.get("profile", {}).get("name", "")
        from firmware import first_words

        self._heartbeat_ms = first_words.heartbeat_ms(board)
        self._online_bytes = first_words.state_bytes(self.boot, True)
        self._offline_bytes = first_words.state_bytes(self.boot, False)
        self._hello_bytes = first_words.hello_bytes(board, self.boot, self._reset_cause, self._profile)
        self._hello_due_ms = self._hello_wait_ms = 0
        self._heartbeat_due_ms = 0
        self._started_ms = now_ms()
        will = self._up("state"), self._offline_bytes
        longest = max([kind.max_bytes for kind in self._accepts.values()])
        self.client = first_words.make_client(self, board, will, longest, opener)
        # Last, since it opens a file: what is wrong with the board was said above.
        self.outbox = Outbox(board["data"], board.get("outbox_entries", 100), board.get("sync", True), self.boot)
        self._acts: "Any" = None
        if [kind for kind in role.ACCEPTS if issubclass(kind, Act)]:
            from firmware.acts import Acts  # devices that never get one save its memory

            self._acts = Acts(self)

    def filters(self) -> "list[tuple[str, int]]":
        """What to subscribe to. Made for each connection: kept, it would be a kilobyte."""
        filters = [
            (topics.down_filter(self._site, self.device, kind.name, getattr(kind, "slotted", False)), kind.qos)
            for kind in self._accepts.values()
        ]
        filters += [(self._down + name, 0) for name in ASKED]
        if "tree" in self._board:
            filters += [(self._down + name, 1) for name in OF_UPDATES]
        return filters

    # --- for the role

    def ask(self, request: "Any") -> None:
        """Send a Request; it is on disk when this returns. Raises `outbox.Full`: tell the person."""
        entry = self.outbox.add(request)
        if self._acts and request.name == "act/done":
            self._acts.asked(request, entry)
        self._send_waiting()
        self.client.hurry()  # a press on a board that stands by is told at once, too

    def clock_ms(self) -> "int | None":
        """The hub's clock, unix milliseconds; None before the first Welcome."""
        return None if self._hub_minus_ours_ms is None else now_ms() + self._hub_minus_ours_ms

    def note(self, where: str, error: "Any") -> None:
        """Something went wrong: count it, and say it in the next heartbeats."""
        self.errors += 1
        text = "%s: %s" % (where, error if str(error) else type(error).__name__)
        self.trouble = (text[:64], now_ms())
        self._say(text)

    def log_lines(self) -> "Any":
        """How many things went well or wrong lately, then each: (hub's time in ms, text); for who asks."""
        yield self._lines.count()
        for at_ms, text in self._lines.lines():
            yield at_ms + (self._hub_minus_ours_ms or 0), text

    def report(self, message: "Any") -> None:
        """Send a Report now, or not at all."""
        self.client.report(self._up(message.name), message.encode())

    def see_again(self) -> None:
        """All that is shown comes anew: something else was shown in between."""
        self._newest.clear()
        self.client.see_again()

    def _say(self, text: str) -> None:
        self._lines.add(now_ms(), text)
        if self._log:
            self._log("%s %s" % (self.device, text))

    # --- life

    async def run(self) -> None:
        """Work until cancelled; then say goodbye."""
        self.role.outlet = self
        self.begin("role", self.role.run)
        self.begin("heartbeat", self._beat)
        try:
            await self._keep("link", self.client.run)
        finally:
            for task in self._tasks:
                task.cancel()
            self.outbox.close()

    def begin(self, what: str, work: "Any") -> None:
        self._tasks.append(asyncio.create_task(self._keep(what, work)))

    def updates(self) -> "Any":
        """The updater; loaded when there is something for it."""
        if not self._updater:
            from firmware.update.start import make_updater

            self._updater = make_updater(self, self._board)
            self.begin("update", self._updater.run)
        return self._updater

    def is_updating(self) -> bool:
        """Whether the updater is loaded."""
        return self._updater is not None

    async def _keep(self, what: str, work: "Any") -> None:
        """Run ``work`` and start it again when it fails; when it returns it had nothing to wait for."""
        wait_s = self.restart_s
        while True:
            started_ms = now_ms()
            try:
                await work()
                return
            except Exception as error:
                self.note(what, error)
            if now_ms() - started_ms > self.restart_max_s * 1000:
                wait_s = self.restart_s
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, self.restart_max_s)

    async def _beat(self) -> None:
        """What is due?"""
        while True:
            await asyncio.sleep(self.beat_s)
            if self.watchdog:
                self.watchdog.look()
            if not self.client.is_up:
                continue
            self._send_waiting()
            now = now_ms()
            if not self._is_welcome and now >= self._hello_due_ms:
                self._hello()
            if now >= self._heartbeat_due_ms:
                self._heartbeat_due_ms = now + self._heartbeat_ms
                self.report(self._heartbeat())

    def _heartbeat(self) -> Heartbeat:
        trouble, since_ms = self.trouble
        if now_ms() - since_ms > self.trouble_ms:
            trouble = ""
        return Heartbeat(
            boot=self.boot,
            uptime_s=(now_ms() - self._started_ms) // 1000,
            version=self._board["version"],
            heap_free=gc.mem_free() if hasattr(gc, "mem_free") else 0,
            waiting=len(self.outbox.entries),
            errors=self.errors,
            fault=(self.role.fault or trouble)[:64],
            reset_cause=self._reset_cause,
            profile=self._profile,
            reconnects=max(0, self._links - 1),
            drop=self._drop,
            answer_ms=self._round_trip_ms,
            signal_dbm=self.signal_dbm() if self.signal_dbm else 0,
        )

    def _hello(self) -> None:
        self.client.deliver("hello", self._up("hello"), self._hello_bytes)
        self._hello_wait_ms = min(self._hello_wait_ms * 2 or self.hello_ms, self.hello_max_ms)
        self._hello_due_ms = now_ms() + self._hello_wait_ms

    def _up(self, name: str) -> str:
        return topics.up(self._site, self.device, name)

    # --- from the link

    def link_up(self) -> None:
        self._links += 1
        self._say("connected")
        self.client.deliver("state", self._up("state"), self._online_bytes, True)
        self._hello_wait_ms = self._heartbeat_due_ms = 0
        self._hello()
        for entry in self.outbox.entries:
            entry.due_ms = entry.wait_ms = 0
        self._send_waiting()

    def link_room(self) -> None:
        self._send_waiting()

    def link_down(self, reason: str) -> None:
        self._say("not connected: " + reason)
        if self._links:
            self._drop = reason[:64]
        if self._updater:
            self._updater.let_go()
        if self._is_welcome:
            self._is_welcome = False
            self._tell("connected", self.role.connected, False)

    def link_leaving(self) -> None:
        self.client.deliver("state", self._up("state"), self._offline_bytes, True)

    def link_error(self, text: str) -> None:
        self.note("link", text)

    def link_received(self, topic: str, payload: bytes) -> None:
        try:
            if payload:  # else a retained message was cleared
                self._take(topic, payload)
            elif self._updater and topic.endswith(OF_UPDATES[0]):
                self._updater.let_go()
        except Exception as error:  # Malformed, a full outbox: a message must not cost the link
            self.note(topic[-40:], error)

    def _take(self, topic: str, payload: bytes) -> None:
        if "tree" in self._board and topic[len(self._down) :] in OF_UPDATES:
            self.updates().received(topic[len(self._down) :], payload)
            return
        if topic[len(self._down) :] in ASKED:
            from firmware.asked import do

            return do(self, topic[len(self._down) :], payload)
        name, slot = self._place(topic)
        message = self._accepts[name].decode(payload)
        if isinstance(message, Answer):
            self._answered(message)
        elif isinstance(message, Show):
            newness = message.epoch, message.rev
            if newness > self._newest.get(topic, (-1, -1)):
                self._newest[topic] = newness
                self._tell("shown", self.role.shown, message, slot)
        elif isinstance(message, Act):
            self._acts.received(message)
        elif message.boot == self.boot:
            if isinstance(message, Welcome):
                self._welcomed(message)
            else:
                self._tell("found", self.role.found, message)  # the hub's answer to a report

    def _place(self, topic: str) -> "tuple[str, int]":
        """(message name, slot) of a topic to us; slot 0 where the message has none."""
        name = topic[len(self._down) :] if topic.startswith(self._down) else ""
        if name in self._accepts:
            return name, 0
        name, _, slot = name.rpartition("/")
        if not getattr(self._accepts.get(name), "slotted", False) or not slot.isdigit() or len(slot) > 4:
            raise Malformed("topic", "not for a " + self.kind)
        return name, int(slot)

    # --- what the messages do

    def _welcomed(self, welcome: Welcome) -> None:
        self._is_second = welcome.stand_by
        if self._is_second:
            self._stand_by()
            return
        now = now_ms()
        self._hub_minus_ours_ms = welcome.at_ms - now
        if not self._is_welcome:
            self._round_trip_ms = now - (self._hello_due_ms - self._hello_wait_ms)
        if self._acts:
            self._acts.welcomed()
        if self._updater:
            self._updater.welcomed()
        if not self._is_welcome:
            self._is_welcome = True
            self._tell("connected", self.role.connected, True)

    def _stand_by(self) -> None:
        """Leave the link to the other board with our id, once the hub has all that people did here."""
        if self._is_second and not self.outbox.entries:
            self.client.rest(self.stand_by_s, "another board with this id is at work; replace its key or ours")

    def _answered(self, answer: Answer) -> None:
        entry = self.outbox.find(answer.boot, answer.seq)
        if entry:
            if entry.wait_ms == self.answer_ms:  # sent once
                self._round_trip_ms = now_ms() - (entry.due_ms - entry.wait_ms)
            if entry.name != "part/fault":  # which the role did not ask
                self._tell("answered", self.role.answered, entry.name, answer)
            self.outbox.drop(entry)
            self._send_waiting()
            self._stand_by()

    def _tell(self, what: str, call: "Any", *facts: "Any") -> None:
        """Call the role; its failure must not break the link."""
        try:
            call(*facts)
        except Exception as error:
            self.note("role " + what, error)

    def _send_waiting(self) -> None:
        """Publish, oldest first, what was not sent on this connection or not answered in time.

        The first few of the outbox only: so what is on its way is always a head of the line, and order holds.
        """
        now = now_ms()
        for entry in self.outbox.entries[: self.unanswered_limit]:
            if entry.due_ms <= now:
                key = (entry.boot, entry.seq)
                topic = topics.up(self._site, self.device, entry.name)
                if not self.client.deliver(key, topic, entry.payload):
                    return
                entry.wait_ms = min(entry.wait_ms * 2 or self.answer_ms, self.answer_max_ms)
                entry.due_ms = now + entry.wait_ms
