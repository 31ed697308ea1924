"""The commands about devices: look at them, add them, give them new keys, retire them."""

from pathlib import Path
from typing import Any

import click

from hub.cli import pages
from hub.cli.context import Context, json_option, with_context
from hub.cli.errors import EXIT_NO, EXIT_USAGE, CliError
from hub.cli.supervision import locate, logs

LONG_S = 60  # three hundred board files and their keys


@click.group()
def devices() -> None:
    """The devices of the site."""


devices.add_command(logs)
devices.add_command(locate)


@devices.command("list")
@click.option("--kind", default="", help="Only this kind, such as window_strip.")
@click.option("--hall", default="", help="Only this hall.")
@click.option("--offline", is_flag=True, help="Only those that are away.")
@json_option
@with_context
def devices_list(context: Context, kind: str, hall: str, offline: bool, as_json: bool) -> None:
    """Every device, and whether it is there."""
    found = context.client().get("devices", kind=kind, hall=hall, offline=offline)
    context.show(as_json, found, pages.devices)


@devices.command("show")
@click.argument("device_id", metavar="DEVICE")
@json_option
@with_context
def devices_show(context: Context, device_id: str, as_json: bool) -> None:
    """One device: version, uptime, memory, errors."""
    context.show(as_json, context.client().get("devices", device_id), pages.device)


@devices.command("add")
@click.argument("device_id", metavar="DEVICE")
@click.option("--kind", help="Its kind, such as help_button. Left out: a retired device of the site file comes back.")
@click.option("--hall", help="The hall to which it belongs.")
@click.option("--place", help="Where it hangs, in words.")
@click.option("--floor", type=int, help="Its floor, when it is not that of its hall.")
@click.option("--window", help="The window whose terminal it is.")
@click.option("--channel", help="The broadcast channel that this amplifier plays from now on.")
@click.option("--length-m", type=float, help="Of a strip.")
@click.option("--width-px", type=int, help="Of a strip.")
@click.option("--height-px", type=int, help="Of a strip.")
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="X+WIDTH=WINDOW",
    help="A region of a strip; X+WIDTH:TEXT when it shows a text. May be repeated, left to right.",
)
@json_option
@with_context
def devices_add(context: Context, device_id: str, regions: tuple[str, ...], as_json: bool, **told: Any) -> None:
    """Add a device while the hub runs, with a key of its own; the others notice nothing."""
    body = {"id": device_id, **{key: value for key, value in told.items() if value is not None}}
    if regions:
        body["regions"] = [_region(context, text) for text in regions]
    _check(context, body)
    answer = context.client(LONG_S).post("devices", body=body, language=context.printer.language)
    context.show(as_json, answer, pages.provisioned)


@devices.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
@with_context
def devices_import(context: Context, file: Path, as_json: bool) -> None:
    """Add the devices of a CSV FILE, all or none. Its first line names the columns: id, kind, hall, place …

    See docs/provisioning.md.
    """
    from hub.csv_table import CsvFault, decoded

    try:
        body = {"name": file.name, "text": decoded(file.read_bytes())}
    except CsvFault as fault:
        raise CliError(EXIT_NO, fault.at(file.name, context.printer.language)) from None
    answer = context.client(LONG_S).post("devices", "import", body=body, language=context.printer.language)
    context.show(as_json, answer, pages.all_provisioned)


@devices.command("key")
@click.argument("device_id", metavar="DEVICE")
@json_option
@with_context
def devices_key(context: Context, device_id: str, as_json: bool) -> None:
    """Give a device a new key: the old one is refused at once, also where it was stolen."""
    _new_key(context, device_id, as_json)


@devices.command("replace")
@click.argument("device_id", metavar="DEVICE")
@json_option
@with_context
def devices_replace(context: Context, device_id: str, as_json: bool) -> None:
    """Another board takes over this id: the old board is refused at once, the next one is the first."""
    _new_key(context, device_id, as_json)


@devices.command("retire")
@click.argument("device_id", metavar="DEVICE")
@json_option
@with_context
def devices_retire(context: Context, device_id: str, as_json: bool) -> None:
    """Take a device out of the site: sent away, its key void, what it showed cleared. Its id may be added again."""
    answer = context.client(LONG_S).post("devices", device_id, "retire", language=context.printer.language)
    context.show(as_json, answer, pages.retired)


def _new_key(context: Context, device_id: str, as_json: bool) -> None:
    answer = context.client(LONG_S).post("devices", device_id, "key", language=context.printer.language)
    context.show(as_json, answer, pages.provisioned)


def _check(context: Context, row: dict[str, Any]) -> None:
    """Values that JSON or the API's shapes would refuse in other words than the catalogue's."""
    from hub.provision.merge import faults_of

    faults = faults_of(row, context.printer.language)
    if faults:
        raise CliError(EXIT_NO, "\n".join(faults))


def _region(context: Context, text: str) -> dict[str, Any]:
    """``0+96=hukou-w1`` or ``0+96:欢迎``."""
    from hub.provision.devices_csv import regions_of
    from hub.site_file.problems import shorten

    rows = regions_of(text)
    if isinstance(rows, str) or len(rows) != 1:
        raise CliError(EXIT_USAGE, context.printer.say("cli.devices.region", text=shorten(text)))
    return rows[0]
