"""Journaled takes and calls per second over real MQTT, and whether any number was given out twice."""

import asyncio
import json
from typing import Any

from firmware.wire.messages.queue import TicketIssued
from simulators.hub_process import HubProcess
from tests.bench.hall import CallingTerminal, Presser, TakingKiosk, press_for

SECONDS = 5.0


def queue_figures(hub: HubProcess, seconds: float = SECONDS) -> dict[str, float]:
    """Takes with 1 and with 8 kiosks, then calls with 8 terminals out of the long queues that the takes made."""
    site = json.loads((hub.folder / "site.json").read_text(encoding="utf-8"))
    tickets: list[str] = []
    figures = {}
    for count in (1, 8):
        pressers = kiosks(site, count)
        took = asyncio.run(press_for(hub, pressers, seconds))
        issued = [a.ticket for role in pressers.values() for a in role.answers if isinstance(a, TicketIssued)]
        figures[f"take_per_s_{count}"] = len(issued) / took
        tickets += issued
    figures["duplicate_numbers"] = len(tickets) - len(set(tickets))
    terminals = _terminals(site, 8)
    took = asyncio.run(press_for(hub, {**terminals}, seconds))
    figures["call_per_s_8"] = sum(terminal.calls for terminal in terminals.values()) / took
    return figures


def kiosks(site: dict[str, Any], count: int) -> dict[str, Presser]:
    """The first ``count`` kiosks of the building, each with the services of its hall."""
    found = [device for device in site["devices"] if device["kind"] == "ticket_kiosk"][:count]
    return {
        device["id"]: TakingKiosk([s["id"] for s in site["services"] if s["hall"] == device["hall"]])
        for device in found
    }


def _terminals(site: dict[str, Any], count: int) -> dict[str, CallingTerminal]:
    """The terminals of the first window of ``count`` halls."""
    found = [window["call_terminal"] for window in site["windows"] if window["number"] == 1][:count]
    return {id: CallingTerminal() for id in found}
