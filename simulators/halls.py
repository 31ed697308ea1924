"""The halls as people meet them: each terminal and display of the plan that is simulated here, put in its place."""

from collections.abc import Callable
from typing import Any

from firmware.wire.messages.screen import ShowRegion
from simulators.desk import Desk
from simulators.device import TaskDevice
from simulators.fittings import there
from simulators.floor_plan import DeviceSign, FloorPlan, WindowSign
from simulators.furniture import CallTerminal, EvaluationTerminal, Hall, Kiosk, Window
from simulators.sight import HallSight

OnShown = Callable[[Any, int], None]


def furnish(plan: FloorPlan, devices: dict[str, TaskDevice]) -> dict[str, Hall]:
    """Hall id → hall, for those halls whose kiosks and call terminals are among ``devices``."""
    halls = {}
    for id in plan.busy_halls():
        kiosks = [_kiosk(devices[sign.id]) for sign in plan.devices_in(id, "ticket_kiosk") if sign.id in devices]
        windows = {
            sign.number: _window(plan, sign, devices) for sign in plan.windows_in(id) if sign.call_terminal in devices
        }
        served = {s for sign in plan.windows_in(id) if sign.number in windows for s in sign.services}
        services = [service.id for service in plan.services_in(id) if service.id in served]
        if kiosks and windows:
            halls[id] = Hall(id, services, kiosks, windows, _sight(plan, id, devices))
    return halls


def _kiosk(device: TaskDevice) -> Kiosk:
    fittings = device.fittings
    return Kiosk(there(fittings.screen), there(fittings.glass), there(fittings.printer))


def _window(plan: FloorPlan, sign: WindowSign, devices: dict[str, TaskDevice]) -> Window:
    call = devices[sign.call_terminal].fittings
    screen, keypad = there(call.screen), there(call.keypad)
    evaluation = None
    if sign.evaluation_terminal in devices:
        rate = devices[sign.evaluation_terminal].fittings
        evaluation = EvaluationTerminal(there(rate.screen), there(rate.keypad))
    names = {service.id: service.name for service in plan.services}
    keys = [key.partition(":")[2] for key in keypad.keys if key.startswith("transfer:")]
    elsewhere = tuple((service, names.get(service, "")) for service in keys)
    return Window(sign.number, Desk(sign.number), CallTerminal(screen, keypad), evaluation, elsewhere)


def _sight(plan: FloorPlan, hall: str, devices: dict[str, TaskDevice]) -> HallSight:
    sight = HallSight()
    for sign in plan.devices_in(hall, "hall_display"):
        if sign.id in devices:
            devices[sign.id].on_shown = _display_watcher(sign, sight)
    for sign in plan.devices_in(hall, "window_strip"):
        if sign.id in devices:
            devices[sign.id].on_shown = _strip_watcher(plan, sign, sight)
    return sight


def _display_watcher(sign: DeviceSign, sight: HallSight) -> OnShown:
    return lambda show, slot: sight.look_at_display(sign.id, show)


def _strip_watcher(plan: FloorPlan, sign: DeviceSign, sight: HallSight) -> OnShown:
    numbers = [plan.window[window].number if window in plan.window else 0 for window in sign.regions]

    def watch(show: Any, slot: int) -> None:
        if isinstance(show, ShowRegion) and slot < len(numbers) and numbers[slot]:
            sight.look_at_region(sign.id, slot, numbers[slot], show)

    return watch
