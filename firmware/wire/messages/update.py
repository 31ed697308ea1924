"""Messages about updates: which tree a device should run, how far it is, and the self-test that decides."""

from firmware.wire.fields import Int, OneOf, Slug, Text
from firmware.wire.messages.base import Message, Report, Show

STAGES = ("fetching", "waiting", "ready", "trial", "running", "failed")


class ShowUpdate(Show):
    """Hub to device, retained until it is done: the tree that this device should run.

    A device that gave this offer up says so again and leaves it at that; a new ``rev`` is a new offer. When cleared,
    or when the line goes, the device lets go and keeps what it has fetched; what stands comes again with the line.
    """

    name = "show/update"
    version: str = Text(32, 1)
    url: str = Text(160, 1)  # where the hub keeps files by digest: http://host:port/path
    manifest: str = Text(64, 64)  # SHA-256 of the manifest; its signature is at the same place, with .sig


class UpdateReport(Report):
    """Device to hub: where it stands with an offer; said again at each connection as long as there is one."""

    name = "update/report"
    qos = 1
    boot: str = Slug(16)
    version: str = Text(32)  # of the tree that runs now
    manifest: str = Text(64)  # of the offer
    stage: str = OneOf(*STAGES)
    done_bytes: int = Int(0, 2**31, default=0)
    total_bytes: int = Int(0, 2**31, default=0)
    reason: str = Text(48, default="")  # a key of the catalogue, when it failed or waits
    detail: str = Text(160, default="")  # for people


class SelfTest(Message):
    """Hub to device: look whether your role can do its work. May come more than once."""

    name = "update/test"
    qos = 1
    id: str = Text(40, 1)


class SelfTested(Report):
    """Device to hub: what came of it. A tree on trial that passes is kept from then on."""

    name = "update/tested"
    qos = 1
    id: str = Text(40, 1)
    boot: str = Slug(16)
    version: str = Text(32)
    fault: str = Text(64, default="")  # empty: the role can do its work
