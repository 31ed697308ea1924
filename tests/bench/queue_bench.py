"""Journaled takes and calls per second over real MQTT, and whether any number was given out twice."""

import asyncio
import json

from firmware.wire.messages.queue import TicketIssued
from simulators.hub_process import HubProcess
from tests.bench.hall import Presser, TakingKiosk, press_for, running_hub


def kiosks(hub: HubProcess, count: int) -> dict[str, Presser]:
    """The first ``count`` kiosks of the building, each with the services of its hall."""
    site = json.loads((hub.folder / "site.json").read_text(encoding="utf-8"))
    found = [device for device in site["devices"] if device["kind"] == "ticket_kiosk"][:count]
    return {
        device["id"]: TakingKiosk([s["id"] for s in site["services"] if s["hall"] == device["hall"]])
        for device in found
    }


def take_rate(hub: HubProcess, count: int, seconds: float) -> tuple[float, list[str]]:
    """(takes per second, the ticket ids given out) with ``count`` kiosks, each one visitor after another."""
    pressers = kiosks(hub, count)
    took = asyncio.run(press_for(hub, pressers, seconds))
    tickets = [a.ticket for role in pressers.values() for a in role.answers if isinstance(a, TicketIssued)]
    return len(tickets) / took, tickets


def main() -> None:
    for broker in ("nats", "mosquitto"):
        with running_hub(broker) as hub:
            one, first = take_rate(hub, 1, 3)
            eight, second = take_rate(hub, 8, 5)
            print(broker, round(one), round(eight), len(first + second) - len(set(first + second)))


if __name__ == "__main__":
    main()
