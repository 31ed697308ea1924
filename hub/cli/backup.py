"""The commands of backups: made while the hub works, and a new folder made from one."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from hub.cli.context import Context, json_option, with_context
from hub.cli.errors import EXIT_SETUP, CliError
from hub.cli.tables import Printer

FOLDER = click.Path(path_type=Path, file_okay=False)
EXISTING = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command("backup")
@click.argument("target", metavar="FOLDER", type=FOLDER)
@click.option("--with-keys", is_flag=True, help="With the keys of vault and audit log: guard it like the hub.")
@json_option
@with_context
def backup(context: Context, target: Path, with_keys: bool, as_json: bool) -> None:
    """Copy all that the hub cannot make again into a new FOLDER, while it works: of one moment, with a manifest.

    Without --with-keys nobody can read in it who the visitors are; keep vault.key, words.key and audit.key elsewhere.
    """
    from hub import config
    from hub.audit import AuditFault
    from hub.backup import BackupFault
    from hub.backup import backup as make
    from hub.site_file import SiteError
    from hub.sites import bundled, find

    try:
        site = config.load(context.folder).site
        manifest = make(context.folder, target, with_keys, None if site in bundled() else find(site))
    except (SiteError, BackupFault, AuditFault, config.ConfigError, OSError) as fault:
        raise CliError(EXIT_SETUP, str(fault)) from None
    view = {"folder": str(target), "files": len(manifest.files), "position": manifest.position, "keys": with_keys}
    context.show(as_json, view, _made)


@click.command("restore")
@click.argument("source", metavar="FOLDER", type=EXISTING)
@click.option("--into", "target", required=True, type=FOLDER, help="The new hub's folder.")
@click.option("--keys", type=EXISTING, help="Where the keys are that are not in the backup.")
@click.option(
    "--skip-numbers",
    type=click.IntRange(0, 100_000),
    help="So many numbers of each service are left out today: they may be on paper since the backup. "
    "Else as many as the busiest service took on a day of the week before, and 200 at least.",
)
@json_option
@with_context
def restore(
    context: Context, source: Path, target: Path, keys: Path | None, skip_numbers: int | None, as_json: bool
) -> None:
    """Make a new hub's folder from the backup in FOLDER: every file checked, the journal read whole. Then `up`."""
    from hub.backup import BackupFault
    from hub.backup import restore as remake

    try:
        found = remake(source, target, keys, skip_numbers)
    except (BackupFault, OSError) as fault:
        raise CliError(EXIT_SETUP, str(fault)) from None
    context.show(as_json, {**msgspec.to_builtins(found), "folder": str(target)}, _restored)


def _made(p: Printer, view: dict[str, Any]) -> None:
    p.console.print(p.say("cli.backup.made", **view))
    if not view["keys"]:
        p.console.print(p.say("cli.backup.no_keys"))


def _restored(p: Printer, view: dict[str, Any]) -> None:
    made = datetime.fromtimestamp(view["made_at_ms"] / 1000).strftime("%Y-%m-%d %H:%M")
    p.console.print(p.say("cli.backup.restored", **{**view, "made": made}))
    for warning in view["warnings"]:
        p.warn(warning)
