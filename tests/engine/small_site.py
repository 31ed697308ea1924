"""A small building for tests: two halls that share one channel, three windows, every kind of device."""

from msgspec import structs

from hub.engine.plan import Channel, Device, Hall, Plan, Region, Service, Settings, Window

MORNING_MS = 1_795_309_200_000  # 2026-11-22 09:00 in Zhuhai
DAY_MS = 86_400_000


def small_plan(**settings: int) -> Plan:
    """Hall ``tax``: windows 1 (invoices, then certificates) and 2 (certificates). Hall ``law``: window 1 (notary)."""
    return Plan(
        id="small",
        name="小厅",
        settings=Settings(**settings),
        halls=(
            Hall(id="tax", name="税务厅", floor=1, channel="pa"),
            Hall(id="law", name="司法厅", floor=1, channel="pa"),
        ),
        services=(
            Service(id="invoices", hall="tax", name="发票", prefix="A"),
            Service(id="certificates", hall="tax", name="证明", prefix="B"),
            Service(id="notary", hall="law", name="公证", prefix="HC"),
            Service(id="archive", hall="law", name="档案", prefix="D"),  # no window serves it
        ),
        windows=(
            _window("tax", 1, "invoices", "certificates"),
            _window("tax", 2, "certificates"),
            _window("law", 1, "notary"),
        ),
        devices=(
            Device(id="kiosk-tax", kind="ticket_kiosk", hall="tax"),
            Device(id="kiosk-law", kind="ticket_kiosk", hall="law"),
            Device(id="kiosk-entrance", kind="ticket_kiosk"),
            *(Device(id=f"call-{at}", kind="call_terminal", hall=at[:3]) for at in ("tax-1", "tax-2", "law-1")),
            *(Device(id=f"rate-{at}", kind="evaluation_terminal", hall=at[:3]) for at in ("tax-1", "tax-2", "law-1")),
            _strip("strip-tax", "tax", "tax-1", "tax-2"),
            _strip("strip-law", "law", "law-1"),
            Device(id="display-tax", kind="hall_display", hall="tax"),
            Device(id="display-law", kind="hall_display", hall="law"),
            Device(id="amplifier", kind="amplifier", hall="tax"),
            Device(id="help-tax", kind="help_button", hall="tax"),
            Device(id="help-law", kind="help_button", hall="law"),
        ),
        channels=(Channel(id="pa", amplifier="amplifier", halls=("tax", "law")),),
    )


def with_service(plan: Plan, service: str = "", /, **fields: object) -> Plan:
    """The plan with other fields of one of its services, or (no service) of its own."""
    if not service:
        return structs.replace(plan, **fields)
    changed = (structs.replace(row, **fields) if row.id == service else row for row in plan.services)
    return structs.replace(plan, services=tuple(changed))


def _window(hall: str, number: int, *services: str) -> Window:
    at = f"{hall}-{number}"
    return Window(
        id=at,
        hall=hall,
        number=number,
        services=services,
        call_terminal=f"call-{at}",
        evaluation_terminal=f"rate-{at}",
    )


def _strip(id: str, hall: str, *windows: str) -> Device:
    regions = tuple(Region(x=n * 192, width=192, window=window) for n, window in enumerate(windows))
    return Device(id=id, kind="window_strip", hall=hall, width_px=192 * len(windows), height_px=32, regions=regions)
