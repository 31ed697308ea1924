"""Topics: where a message travels. ``hall/v1/{site}/{device}/up|down/{message}[/{slot}]``, nowhere else spelled out."""

from firmware.wire.fields import SLUG_LETTERS, Malformed

ROOT = "hall/v1"
MAX_SLUG = 48


def up(site: str, device: str, name: str) -> str:
    """The topic on which ``device`` publishes the message called ``name``."""
    return "%s/%s/%s/up/%s" % (ROOT, site, device, name)


def down(site: str, device: str, name: str, slot: "int | None" = None) -> str:
    """The topic on which the hub speaks to ``device``; ``slot`` numbers the places of one screen, from 0."""
    topic = "%s/%s/%s/down/%s" % (ROOT, site, device, name)
    return topic if slot is None else "%s/%d" % (topic, slot)


def down_filter(site: str, device: str, name: str, slotted: bool) -> str:
    """What a device subscribes to: the exact topic, or ``+`` for the slots. Never ``#``: brokers pay for it twice."""
    topic = down(site, device, name)
    return topic + "/+" if slotted else topic


def all_up(site: str) -> str:
    """What the hub subscribes to."""
    return "%s/%s/+/up/#" % (ROOT, site)


def parse_up(topic: str) -> "tuple[str, str, str]":
    """``(site, device, name)`` of an ``up`` topic, or `Malformed`."""
    parts = topic.split("/", 5)
    if len(parts) != 6 or parts[0] + "/" + parts[1] != ROOT or parts[4] != "up":
        raise Malformed("topic", ROOT + "/{site}/{device}/up/{message} expected")
    for slug in parts[2:4]:
        if not 1 <= len(slug) <= MAX_SLUG or slug.strip(SLUG_LETTERS):
            raise Malformed("topic", "lower-case site and device expected")
    return parts[2], parts[3], parts[5]
