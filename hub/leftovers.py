"""Leftovers: what retired devices left at the broker, their state and what they showed: cleared until it is gone."""

from collections.abc import Callable
from typing import Protocol

from hub.broker.accounts import retained_topics
from hub.engine.plan import Device, Plan
from hub.service import Service


class Link(Protocol):
    """The hub's, as far as it is needed here."""

    @property
    def is_up(self) -> bool: ...

    def publish(self, topic: str, payload: bytes, qos: int = 0, retain: bool = False) -> None: ...


class Leftovers(Service):
    """``is_in_force``: whether the broker has read its accounts. Before that a device may still be connected, and its
    last will would come after what cleared its state."""

    def __init__(self, plan: Plan, link: Link, is_in_force: Callable[[], bool]) -> None:
        self._site = plan.id
        self._link = link
        self._is_in_force = is_in_force
        self._gone: dict[str, Device] = {}  # since the hub began
        self._is_due = False

    def clear(self, device: Device) -> None:
        """It is no device any more: now, or as soon as the broker answers."""
        self._gone[device.id] = device
        self.repeat()

    def take_plan(self, plan: Plan) -> None:
        """Who came back keeps what it says from now on."""
        self._gone = {id: device for id, device in self._gone.items() if id not in plan.device}

    def repeat(self) -> None:
        """Also after a broken connection, which may have lost what was on its way."""
        self._is_due = bool(self._gone)
        self.tick()

    def tick(self) -> None:
        if not (self._is_due and self._link.is_up and self._is_in_force()):
            return
        self._is_due = False
        for device in self._gone.values():
            for topic in retained_topics(self._site, device):
                self._link.publish(topic, b"", 1, True)
