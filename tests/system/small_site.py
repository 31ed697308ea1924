"""The smallest site that does everything: one hall, one window, one amplifier; tests add what they are about."""

SITE = """\
[site]
id = "small"
name = "小厅"
{settings}
[[halls]]
id = "east"
name = "东厅"
floor = 1
services = [{{ id = "east-tax", prefix = "A", name = "办税" }}]
windows = [{{ id = "east-w01", number = 1, services = ["east-tax"], call_terminal = "east-call-01" }}]
devices = [
{devices}  {{ id = "east-amp-1", kind = "amplifier" }},
]

[[broadcast.channels]]
id = "east"
amplifier = "east-amp-1"
halls = ["east"]
"""


def small_site(devices: dict[str, str], settings: str = "") -> str:
    """The text of a site.toml; ``devices`` id → kind beside the amplifier, ``settings`` the lines of that table."""
    rows = "".join(f'  {{ id = "{id}", kind = "{kind}" }},\n' for id, kind in devices.items())
    return SITE.format(settings=f"\n[settings]\n{settings}" if settings else "", devices=rows)
