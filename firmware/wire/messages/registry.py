"""All messages by name: for the hub, the simulators and the generated documents. Devices do not load this."""

from firmware.wire.messages import (
    base,
    device,
    device_log,
    figures,
    help,
    lease,
    locate,
    part,
    part_test,
    queue,
    rating,
    screen,
    speech,
    update,
    visitor,
)

FAMILIES = (
    device,
    queue,
    figures,
    lease,
    screen,
    speech,
    help,
    part,
    part_test,
    device_log,
    locate,
    update,
    visitor,
    rating,
)


def _all() -> "dict[str, type[base.Message]]":
    found: "dict[str, type[base.Message]]" = {}
    for family in FAMILIES:
        for key in sorted(dir(family)):
            item = getattr(family, key)
            if isinstance(item, type) and issubclass(item, base.Message) and item.name:
                if found.get(item.name, item) is not item:
                    raise ValueError("two messages are called " + item.name)
                found[item.name] = item
    return found


MESSAGES = _all()
UP = {name: message for name, message in MESSAGES.items() if message.up}
DOWN = {name: message for name, message in MESSAGES.items() if not message.up}
