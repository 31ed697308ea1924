"""The five natures of a message; every message is one of them.

| nature  | direction | QoS | retained | what the sender may count on                                  |
|---------|-----------|-----|----------|---------------------------------------------------------------|
| Report  | up        | 0   | no       | nothing; the next one says it again                           |
| Request | up        | 1   | no       | kept in the outbox until its Answer comes: done exactly once  |
| Answer  | down      | 0   | no       | exactly one per Request; asked again, the same again          |
| Show    | down      | 1   | yes      | the newest per slot reaches the device, after any outage      |
| Act     | down      | 1   | no       | repeated by the hub until done or expired; done once, by id   |
"""

from firmware.wire.fields import Int, Slug, Struct, Text, dump, parse

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


class Message(Struct):
    """A named record with a bounded size. ``name`` is the last part of its topic."""

    name = ""
    up = False  # direction: device to hub, or hub to device
    qos = 0
    retained = False
    max_bytes = 512

    @classmethod
    def decode(cls, payload: bytes) -> "Any":
        """The checked message, or `Malformed`."""
        return cls.from_plain(parse(payload, cls.max_bytes))

    def encode(self) -> bytes:
        """Compact JSON."""
        return dump(self.to_plain())


class Report(Message):
    """Device to hub: how things are now. Not kept and not answered."""

    up = True


class Request(Message):
    """Device to hub: something a person did. ``boot`` names one life of the device, ``seq`` counts within it.

    (device, boot, seq) is unique in the journal, so a request that arrives twice is done once. The outbox
    sets both; a role leaves them out.
    """

    up = True
    qos = 1
    boot: str = Slug(16, default="")
    seq: int = Int(0, 2**31 - 1, default=0)


class Answer(Message):
    """Hub to device: what became of the request ``(boot, seq)``; sent after it is durable."""

    boot: str = Slug(16)
    seq: int = Int(1, 2**31 - 1)


class Show(Message):
    """Hub to device, retained: what one slot of a screen shows from now on.

    ``epoch`` (unix seconds) names the hub's journal and ``rev`` (its position) grows within it; a device ignores
    a Show older than the one it has.
    """

    qos = 1
    retained = True
    slotted = False  # True: the topic ends in a slot number
    epoch: int = Int(0, 2**40)
    rev: int = Int(0, 2**53)


class Act(Message):
    """Hub to device: do this once. Of two with the same ``id`` the second is only confirmed again.

    One that ``withdraws`` has the id of another: that is not to be done any more, even if it should come later.
    """

    qos = 1
    withdraws = False
    id: str = Text(40, 1)
    expires_at_ms: int = Int(0, 2**53)  # unix time; too late after this
