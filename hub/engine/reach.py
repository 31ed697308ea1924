"""Reach: which slots of which screens show a window, a hall or a queue. Worked out from the plan once, then looked up.

So an event's effects cost a look-up, however large the site is.
"""

import msgspec

from hub.engine.effects import Refresh
from hub.engine.lights import shines
from hub.engine.plan import Plan, Window

Slots = tuple[Refresh, ...]


class Reach:
    """Slots by what they show. Keys are ids of the plan; an id without screens has none."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.regions = {window.id: _regions(plan, window.id, flash=False) for window in plan.windows}
        self.flashing = {window.id: _regions(plan, window.id, flash=True) for window in plan.windows}
        units = {window.id: _unit(window) for window in plan.windows}
        self.terminal = {w.id: _slot(w.call_terminal, "show/window") + units[w.id] for w in plan.windows}
        self.evaluation = {w.id: _slot(w.evaluation_terminal, "show/evaluation") + units[w.id] for w in plan.windows}
        self.figures = {w.id: _slot(w.call_terminal, "show/figures") for w in plan.windows}
        self.displays = {hall.id: _of_hall(plan, hall.id, "hall_display", "show/calls") for hall in plan.halls}
        self.kiosks = {hall.id: _of_hall(plan, hall.id, "ticket_kiosk", "show/services") for hall in plan.halls}
        self.queue = {service.id: self._queue(service.id) for service in plan.services}
        self.lights = {hall: _lights(plan, hall) for hall in ("", *plan.hall)}
        self.everything = self._everything()
        self._called: dict[tuple[str, str], Slots] = {}

    def place(self, window: str) -> Slots:
        """What shows who is at a window: its regions, its clerk's terminal, its hall's displays."""
        return self.regions[window] + self.terminal[window] + self.displays[self._plan.window[window].hall]

    def call(self, window: str, service: str) -> Slots:
        """What shows that a window called somebody out of a service's line."""
        slots = self._called.get((window, service))
        if slots is None:
            hall = self._plan.window[window].hall
            slots = _once(self.flashing[window] + self.terminal[window] + self.displays[hall] + self.queue[service])
            self._called[window, service] = slots
        return slots

    def _queue(self, service: str) -> Slots:
        """What shows how many wait for a service."""
        hall = self._plan.service[service].hall
        terminals: Slots = ()
        for window in self._plan.windows_of_service[service]:
            terminals += self.terminal[window.id]
        shown = _once(self.kiosks[hall] + self.displays[hall] + terminals)
        return tuple(msgspec.structs.replace(refresh, can_wait=True) for refresh in shown)

    def _everything(self) -> Slots:
        found: Slots = ()
        for window in self._plan.windows:
            found += self.regions[window.id] + self.terminal[window.id] + self.evaluation[window.id]
            found += self.figures[window.id]
        for hall in self._plan.halls:
            found += self.displays[hall.id] + self.kiosks[hall.id]
            found += _of_hall(self._plan, hall.id, "ticket_kiosk", "show/lease")
        return _once(found)


def reach(plan: Plan) -> Reach:
    """The plan's own, made on first use and kept with it."""
    found = plan.__dict__.get("reach")
    if not isinstance(found, Reach):
        found = plan.__dict__["reach"] = Reach(plan)
    return found


def _regions(plan: Plan, window: str, *, flash: bool) -> Slots:
    return tuple(
        Refresh(device=strip.id, message="show/region", slot=number, flash=flash)
        for strip, number in plan.regions_of_window.get(window, ())
    )


def _lights(plan: Plan, hall: str) -> Slots:
    """The strips and screens of a hall, or of none."""
    return tuple(Refresh(device=d.id, message="show/light") for d in plan.devices if d.hall == hall and shines(d))


def _slot(device: str, message: str) -> Slots:
    return (Refresh(device=device, message=message),) if device else ()


def _unit(window: Window) -> Slots:
    """Its keypad and evaluator on the line of a window terminal."""
    if not window.window_terminal:
        return ()
    return (Refresh(device=window.window_terminal, message="show/unit", slot=window.unit),)


def _of_hall(plan: Plan, hall: str, kind: str, message: str) -> Slots:
    """The hall's own, and those that belong to no hall and so show all."""
    devices = plan.devices_of_hall.get((hall, kind), ()) + plan.devices_of_hall.get(("", kind), ())
    return tuple(Refresh(device=device.id, message=message) for device in devices)


def _once(slots: Slots) -> Slots:
    return tuple(dict.fromkeys(slots))
