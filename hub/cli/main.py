"""The commands. Each parses, asks the API, prints a table for people or JSON for scripts."""

import json
from pathlib import Path
from typing import Any

import click

from hub.cli import pages, status_page
from hub.cli.attendance import attendance
from hub.cli.audit import audit
from hub.cli.backup import backup, restore
from hub.cli.calendar import calendar
from hub.cli.cases import cases, satisfaction
from hub.cli.context import Context, json_option, with_context
from hub.cli.devices import devices
from hub.cli.errors import EXIT_SETUP, CliError
from hub.cli.kiosks import kiosks
from hub.cli.parts import parts
from hub.cli.platform import platform
from hub.cli.queue import appointments, clear, periods, policy, priority, signout
from hub.cli.report import report
from hub.cli.speech import speech
from hub.cli.up import up
from hub.cli.updates import update
from hub.cli.vault import vault
from hub.cli.where import away, hub_options
from hub.engine.phrases import PHRASES


@click.group()
@hub_options
@click.option(
    "--language",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="Language of tables and messages.",
)
@click.version_option(package_name="hallhub")
@click.pass_context
def main(context: click.Context, /, folder: Path, language: str, **_: Any) -> None:
    """hallhub: run a public service hall, and look at it.

    Exit codes: 0 done; 1 the hub said no or there is no such thing; 2 wrong command line; 3 no such hub
    answers; 4 the site, the settings or the machine are wrong.
    """
    context.obj = Context(folder, language, away(context, language))


main.add_command(up)
main.add_command(update)
main.add_command(platform)
main.add_command(devices)
main.add_command(parts)
main.add_command(kiosks)
main.add_command(attendance)
main.add_command(audit)
main.add_command(backup)
main.add_command(restore)
main.add_command(vault)
main.add_command(policy)
main.add_command(calendar)
main.add_command(appointments)
main.add_command(report)
main.add_command(speech)
main.add_command(cases)
main.add_command(satisfaction)


@main.command()
@json_option
@with_context
def status(context: Context, as_json: bool) -> None:
    """The building at a glance: halls, devices, alarms, refusals, broker, platform."""
    context.show(as_json, context.client().get("status"), status_page.status)


@main.group()
def site() -> None:
    """The site file."""


@site.command("check")
@click.argument("site_name", metavar="SITE", default="doumen")
@json_option
@with_context
def site_check(context: Context, site_name: str, as_json: bool) -> None:
    """Read SITE (a bundled site's name or the path of a site.toml) and say all that is wrong with it."""
    from hub.site_file import SiteError, check
    from hub.sites import find

    language = context.printer.language
    try:
        checked = check(find(site_name, language), language)
    except (SiteError, OSError) as fault:
        errors = fault.errors if isinstance(fault, SiteError) else [str(fault)]
        if as_json:
            click.echo(json.dumps({"errors": errors}, ensure_ascii=False, indent=2))
            raise SystemExit(EXIT_SETUP) from None
        raise CliError(EXIT_SETUP, "\n".join(errors)) from None
    context.show(as_json, pages.site_facts(checked), pages.site)


@main.group()
def windows() -> None:
    """The windows."""


@windows.command("list")
@click.option("--hall", default="", help="Only this hall.")
@json_option
@with_context
def windows_list(context: Context, hall: str, as_json: bool) -> None:
    """Every window: its state, who is there, how many wait."""
    context.show(as_json, context.client().get("windows", hall=hall), pages.windows)


windows.add_command(signout)


@main.group()
def tickets() -> None:
    """Today's tickets."""


@tickets.command("list")
@click.option("--state", default="", help="Only this state, such as waiting.")
@click.option("--service", default="", help="Only this service.")
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=200, show_default=True, help="At most so many, the newest."
)
@json_option
@with_context
def tickets_list(context: Context, state: str, service: str, limit: int, as_json: bool) -> None:
    """Today's tickets, oldest first."""
    found = context.client().get("tickets", state=state, service=service, limit=limit)
    context.show(as_json, found, pages.tickets)


@tickets.command("show")
@click.argument("number")
@json_option
@with_context
def tickets_show(context: Context, number: str, as_json: bool) -> None:
    """One ticket of today, by its number or its id."""
    context.show(as_json, context.client().get("tickets", number), pages.ticket)


tickets.add_command(periods)
tickets.add_command(priority)
tickets.add_command(clear)


@main.group()
def alarms() -> None:
    """Help alarms."""


@alarms.command("list")
@json_option
@with_context
def alarms_list(context: Context, as_json: bool) -> None:
    """Open alarms, and the newest closed ones."""
    context.show(as_json, context.client().get("alarms"), pages.alarms)


@alarms.command("ack")
@click.argument("alarm")
@json_option
@with_context
def alarms_ack(context: Context, alarm: str, as_json: bool) -> None:
    """Take an alarm: somebody is on the way."""
    context.show(as_json, context.client().post("alarms", alarm, "acknowledge"), pages.done)


@alarms.command("close")
@click.argument("alarm")
@click.option("--note", default="", help="What happened, for the dispatch sheet.")
@json_option
@with_context
def alarms_close(context: Context, alarm: str, note: str, as_json: bool) -> None:
    """End an alarm that was taken; the button's lamp goes out."""
    answer = context.client().post("alarms", alarm, "close", body={"note": note})
    context.show(as_json, answer, pages.done)


@main.command()
@click.argument("text", default="")
@click.argument("phrase", default="")
@click.option("--channel", default="", help="Where TEXT is to be heard; all: everywhere.")
@click.option("--language", type=click.Choice(["cmn", "yue", "en"]), default="cmn", help="The voice for TEXT.")
@click.option(
    "--priority",
    type=click.Choice(["emergency", "shout", "page", "notice"]),
    default="notice",
    help="What is more urgent cuts off what plays; calls stand between page and notice.",
)
@click.option("--expires-s", type=click.IntRange(0, 3600), default=0, help="Not played later than this; 0: as calls.")
@json_option
@with_context
def announce(
    context: Context,
    text: str,
    phrase: str,
    channel: str,
    language: str,
    priority: str,
    expires_s: int,
    as_json: bool,
) -> None:
    """Have something announced: a phrase, as in `announce CHANNEL PHRASE`, or TEXT on `--channel CHANNEL`.

    TEXT is spoken by the hub. It is heard by everybody and kept in the journal: no names, no numbers of people.
    Without arguments: list channels and phrases.
    """
    body = {"channel": channel or text, "priority": priority, "expires_s": expires_s}
    if channel and text:
        body |= {"text": text, "language": language}
    elif text and phrase:
        body |= {"phrase": phrase}
    else:
        site = context.client().get("site")
        context.show(as_json, {"channels": site["channels"], "phrases": list(PHRASES)}, pages.announcing)
        return
    context.show(as_json, context.client().post("announcements", body=body), pages.done)


if __name__ == "__main__":
    main()
