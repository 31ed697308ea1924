"""Messages that every device speaks: presence, the clock, answers."""

from firmware.wire.fields import Bool, Int, OneOf, Slug, Text
from firmware.wire.messages.base import Answer, Message, Report, Request

RESET_CAUSES = ("power", "reset", "watchdog", "update", "safe", "unknown")  # update: on trial; safe: in safe mode
RESULTS = ("done", "expired", "failed", "withdrawn")


class State(Report):
    """Whether the device is connected; retained, and also its last will. The hub trusts heartbeats more."""

    name = "state"
    qos = 1
    retained = True
    online: bool = Bool()
    boot: str = Slug(16)


class Hello(Report):
    """Sent at every connection. The hub answers with Welcome and repeats the acts that are still to be done."""

    name = "hello"
    qos = 1
    boot: str = Slug(16)
    kind: str = Text(32, 1)
    version: str = Text(32)
    reset_cause: str = OneOf(*RESET_CAUSES, default="unknown")
    profile: str = Text(32, default="")  # which board it is


class Heartbeat(Report):
    """Proof of life, every ``heartbeat_s`` of the kind."""

    name = "heartbeat"
    boot: str = Slug(16)
    uptime_s: int = Int(0, 2**31)
    version: str = Text(32)
    heap_free: int = Int(0, 2**40, default=0)  # bytes; 0 where the platform does not say
    waiting: int = Int(0, 100000)  # requests in the outbox
    errors: int = Int(0, 2**31)  # since boot
    fault: str = Text(64, default="")  # a part that does not work, in one line
    reset_cause: str = OneOf(*RESET_CAUSES, default="unknown")
    profile: str = Text(32, default="")  # which board it is
    reconnects: int = Int(0, 2**31, default=0)  # since boot
    drop: str = Text(64, default="")  # why the last connection ended
    answer_ms: int = Int(0, 2**31, default=0)  # from the newest message that the hub answered, to its answer
    signal_dbm: int = Int(-200, 0, default=0)  # of a radio; 0: on a wire


class ActDone(Request):
    """A one-off act was carried out, came too late, could not be done, or was withdrawn before."""

    name = "act/done"
    act: str = Text(40, 1)
    result: str = OneOf(*RESULTS)


class Welcome(Message):
    """Answer to Hello: the hub hears this device, and the hub's clock.

    ``stand_by``: another board with this id was here first; leave it the link, and ask again later.
    """

    name = "welcome"
    boot: str = Slug(16)
    at_ms: int = Int(0, 2**53)
    stand_by: bool = Bool(default=False)


class Ack(Answer):
    """The request is in the journal."""

    name = "ack"


class Refused(Answer):
    """A rule said no; ``code`` is a key of the catalogue, so that a person can be told in their language."""

    name = "refused"
    code: str = Text(48, 1)
