"""The commands of updates: build and sign trees in the hub's folder, roll them out through the running hub."""

from importlib import metadata

import click
import msgspec
from rich.text import Text

from hub.audit import AuditFault, note
from hub.cli.context import Context, json_option, with_context
from hub.cli.errors import EXIT_NO, EXIT_SETUP, CliError
from hub.cli.tables import Printer, View

STATE_COLOURS = {"done": "green", "failed": "bold red", "waiting": "dim", "offered": "yellow", "trial": "cyan"}


@click.group("update")
def update() -> None:
    """Updates of devices: build, sign, roll out."""


@update.command("build")
@click.option("--profile", required=True, help="For boards of this profile, such as esp32_s3_eth.")
@click.option("--version", help="Three numbers, such as 1.2.0. Default: this installation's version.")
@click.option("--min-version", default="", help="The oldest version that may come here directly.")
@click.option("--downgrade-from", default="", help="The newest version that may go back to this older one.")
@json_option
@with_context
def build_tree(
    context: Context, profile: str, version: str | None, min_version: str, downgrade_from: str, as_json: bool
) -> None:
    """Build the tree of this installation for one sort of board, and put it on the shelf. No device is told of it."""
    import board_profiles
    from hub.update.build import BuildFault, build
    from hub.update.shelf import Shelf

    try:
        board = board_profiles.load(profile, language=context.printer.language)
        made = build(
            version or metadata.version("hallhub"),
            profile,
            board.kinds,
            board.is_micropython,
            min_version,
            downgrade_from,
        )
        release = Shelf.of(context.folder).put(made)
        note(context.folder, "update/build", {"version": release.version, "digest": release.digest})
    except (board_profiles.ProfileError, BuildFault, AuditFault, OSError) as fault:
        raise CliError(EXIT_SETUP, str(fault)) from None
    context.show(as_json, [msgspec.to_builtins(release)], trees_page)


@update.command("sign")
@click.argument("tree", metavar="VERSION|DIGEST")
@json_option
@with_context
def sign_tree(context: Context, tree: str, as_json: bool) -> None:
    """Sign the trees of a VERSION, or one, with the key in updates/signing.key of the hub's folder.

    The key is made on first use. Devices believe no other: keep a copy of it away from the hub.
    """
    from hub.update.shelf import Shelf, ShelfFault
    from hub.update.sign import KeyFault, SigningKey

    try:
        shelf, key = Shelf.of(context.folder), SigningKey.of(context.folder)
        signed = [shelf.sign(release.digest, key) for release in shelf.find(tree)]
        note(context.folder, "update/sign", {"digests": [release.digest for release in signed]})
    except ShelfFault as fault:
        raise CliError(EXIT_NO, str(fault)) from None
    except (KeyFault, AuditFault, OSError) as fault:
        raise CliError(EXIT_SETUP, str(fault)) from None
    context.show(as_json, [msgspec.to_builtins(release) for release in signed], trees_page)


@update.command("list")
@json_option
@with_context
def list_trees(context: Context, as_json: bool) -> None:
    """The trees on the shelf, oldest first."""
    from hub.update.shelf import Shelf, ShelfFault

    try:
        found = [msgspec.to_builtins(release) for release in Shelf.of(context.folder).releases()]
    except (ShelfFault, OSError) as fault:
        raise CliError(EXIT_SETUP, str(fault)) from None
    context.show(as_json, found, trees_page)


@update.command("roll")
@click.argument("version")
@click.option("--tolerate", type=click.IntRange(0, 10_000), default=0, show_default=True, help="So many failures.")
@click.option("--force", is_flag=True, help="In opening hours too.")
@json_option
@with_context
def roll(context: Context, version: str, tolerate: int, force: bool, as_json: bool) -> None:
    """Bring VERSION to all devices for which there is a signed tree: a canary, a tenth, all. Goes on when paused."""
    body = {"version": version, "tolerate": tolerate, "force": force}
    context.show(as_json, context.client().post("updates", body=body), roll_page)


@update.command("status")
@json_option
@with_context
def status(context: Context, as_json: bool) -> None:
    """How far the roll-out is: each device, what it runs, what it says."""
    context.show(as_json, context.client().get("updates"), roll_page)


@update.command("pause")
@json_option
@with_context
def pause(context: Context, as_json: bool) -> None:
    """No further devices; who is at it finishes."""
    context.show(as_json, context.client().post("updates", "pause"), roll_page)


@update.command("abort")
@json_option
@with_context
def abort(context: Context, as_json: bool) -> None:
    """Take back every offer that is not done. Devices that have the new tree keep it."""
    context.show(as_json, context.client().post("updates", "abort"), roll_page)


def trees_page(p: Printer, view: list[View]) -> None:
    """What is on the shelf."""
    p.table(
        "update.trees",
        [
            ("update.tree", lambda tree: tree["digest"][:12]),
            ("update.version", lambda tree: tree["version"]),
            ("update.board", lambda tree: tree["profile"]),
            ("cli.kind", lambda tree: " ".join(tree["kinds"])),
            ("update.size", lambda tree: f"{tree['files']} / {tree['size_bytes'] // 1024} kB"),
            ("update.signed", lambda tree: p.say("update.yes") if tree["is_signed"] else Text("-", "yellow")),
        ],
        view,
    )


def roll_page(p: Printer, view: View) -> None:
    """One line for the whole, then each device."""
    if not view["version"]:
        p.console.print(p.say("update.nothing"))
        return
    done = sum(target["state"] == "done" for target in view["targets"])
    state = p.say(f"update.status.{view['status']}")
    line = p.say("update.line", version=view["version"], state=state, done=done, count=len(view["targets"]))
    if view["reason"]:
        p.warn(f"{line}: {p.say(view['reason'])}")
    else:
        p.console.print(line)
    if view["fault"]:
        p.warn(view["fault"])
    p.table(
        "update.devices",
        [
            ("cli.id", lambda target: target["device"]),
            ("update.runs", lambda target: target["runs"] or Text(p.say("update.unheard"), "dim")),
            (
                "cli.state",
                lambda target: Text(p.say(f"update.state.{target['state']}"), STATE_COLOURS[target["state"]]),
            ),
            ("update.progress", _progress),
            ("cli.reason", lambda target: _reason(p, target)),
        ],
        view["targets"],
    )
    if view["others"]:
        p.table(
            "update.others",
            [
                ("cli.id", lambda device: device["device"]),
                ("update.board", lambda device: device["profile"]),
                ("update.runs", lambda device: device["runs"]),
                ("cli.reason", lambda device: p.say(device["reason"])),
            ],
            view["others"],
        )


def _progress(target: View) -> str:
    if target["state"] != "offered" or not target["total_bytes"]:
        return ""
    return f"{100 * target['done_bytes'] // target['total_bytes']} %"


def _reason(p: Printer, target: View) -> str:
    """Why it stands as it does; else why it failed before."""
    now = _said(p, target["reason"], target["detail"])
    if now or not target["failed_ms"]:
        return now
    return p.say("update.before", reason=_said(p, target["last_reason"], target["last_detail"]))


def _said(p: Printer, code: str, detail: str) -> str:
    """A code that this version has no words for, from a newer device, is shown as it is."""
    from firmware.words import WORDS

    said = p.say(code) if code in WORDS else code
    return f"{said} {detail}".strip()
