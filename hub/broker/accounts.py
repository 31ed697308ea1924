"""Who may say what on the broker: one account per device from its kind, and the hub's own."""

from collections.abc import Callable

import msgspec

from firmware.kinds import KINDS
from firmware.wire import topics
from firmware.wire.messages.base import Show
from firmware.wire.messages.device import State
from firmware.wire.messages.registry import DOWN
from hub.engine.plan import Device, Plan

HUB_USER = "hub"


class Account(msgspec.Struct, frozen=True):
    """A user of the broker. ``publish`` and ``subscribe`` are MQTT topic filters; nothing else is allowed."""

    user: str
    password: str
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]

    def __repr__(self) -> str:  # a key must never reach a log or a traceback
        return f"Account({self.user!r})"


def accounts(plan: Plan, password_of: Callable[[str], str]) -> list[Account]:
    """The hub's account and one for every device of the site, in a stable order.

    Raises `ValueError` when a device is called like the hub, or is of a kind that nobody declared.
    """
    made = [hub_account(plan.id, password_of(HUB_USER))]
    for device in plan.devices:
        if device.id == HUB_USER:
            raise ValueError(f"no device may be called {HUB_USER!r}: the hub itself has that name; rename the device")
        made.append(device_account(plan.id, device, password_of(device.id)))
    return made


def device_account(site: str, device: Device, password: str) -> Account:
    """May publish each message that its kind sends, and subscribe to each that it accepts; not one topic more."""
    kind = KINDS.get(device.kind)
    if kind is None:
        known = ", ".join(KINDS)
        raise ValueError(f"device {device.id!r} is of the unknown kind {device.kind!r}; known kinds: {known}")
    return Account(
        user=device.id,
        password=password,
        publish=tuple(topics.up(site, device.id, name) for name in kind.sends),
        subscribe=tuple(topics.down_filter(site, device.id, name, _is_slotted(name)) for name in kind.accepts),
    )


def retained_topics(site: str, device: Device) -> list[str]:
    """What a broker may keep of a device: its state, and what it shows, but for the slots of strips' regions."""
    shows = [name for name in KINDS[device.kind].accepts if issubclass(DOWN[name], Show) and not _is_slotted(name)]
    return [topics.up(site, device.id, State.name), *(topics.down(site, device.id, name) for name in shows)]


def hub_account(site: str, password: str) -> Account:
    """Hears every device of the site, speaks to every one of them, and clears the state of those that are gone."""
    return Account(
        user=HUB_USER,
        password=password,
        publish=(topics.down(site, "+", "#"), topics.up(site, "+", State.name)),
        subscribe=(topics.all_up(site),),
    )


def _is_slotted(name: str) -> bool:
    message = DOWN[name]
    return issubclass(message, Show) and message.slotted
