"""`hallhub up`: start the hub of one site and run it until told to stop."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import click
import msgspec

from hub import config
from hub.audit import AuditFault, Deed, of_shell
from hub.broker.folder_lock import FolderLock
from hub.broker.own_addresses import NoSuchAddress
from hub.broker.programs import BrokerFault
from hub.cli.errors import EXIT_SETUP, CliError
from hub.config import SIGNERS


@click.command()
@click.option("--site", help="A bundled site's name, or the path of a site.toml.")
@click.option("--broker", type=click.Choice(["nats", "mosquitto"]), help="Which broker the hub starts.")
@click.option("--mqtt-host", help="Where the broker listens; off the loopback addresses TLS is required.")
@click.option("--mqtt-port", type=click.IntRange(1, 65535), help="The broker's port.")
@click.option("--tls/--no-tls", default=None, help="Whether devices speak TLS.")
@click.option("--api-port", type=click.IntRange(1, 65535), help="The API's port.")
@click.option("--clips", "clips", help="Folder of the clip bank that amplifiers are to have.")
@click.option("--attendance-port", type=click.IntRange(0, 65535), help="Where punch clocks report; 0: any free port.")
@click.option("--speech-port", type=click.IntRange(0, 65535), help="Where amplifiers fetch clips; 0: any free port.")
@click.option("--platform", "platform_url", help="Address of the city platform; nothing is sent on without it.")
@click.option("--platform-token-file", help="File with the platform's token, mode 0600.")
@click.option("--platform-signer", type=click.Choice(SIGNERS), help="How requests to the platform are signed.")
@click.option("--platform-secrets-file", help="TOML file with the signer's secrets, mode 0600.")
@click.option("--platform-appointments/--no-platform-appointments", default=None, help="Fetch appointments from it.")
@click.option("--platform-callback-secret-file", help="File with the secret of the platform's callbacks, mode 0600.")
@click.option("--platform-mapping", help="The platform's own words: a bundled mapping's name, or a file.")
@click.pass_obj
def up(context: Any, /, **told: Any) -> None:
    """Start the hub: broker, journal, API. Ctrl-C stops it.

    What is told here is kept in hub.toml of the hub's folder, and need not be told again.
    """
    from hub.app import Hub
    from hub.journal import JournalError

    folder: Path = context.folder
    os.umask(0o077)  # whatever the hub writes is its owner's alone
    try:
        known = config.load(folder)
        settings = _merged(known, told)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FolderLock(folder)
        lock.take()  # before anything is written: a second hub must not change the first one's settings
        hub = Hub(settings, folder)
        config.save(folder, settings)
        hub.audit.append(_started(known, settings))
        asyncio.run(_run(hub, context))
        lock.release()
    except (config.ConfigError, config.SetupError, BrokerFault, JournalError, AuditFault) as fault:
        raise CliError(EXIT_SETUP, _said(fault, context.printer.language)) from None
    except OSError as fault:
        where = fault.filename or folder
        raise CliError(
            EXIT_SETUP, f"{where}: {fault.strerror}; choose a folder that you may write in, with --folder"
        ) from None


def _said(fault: Exception, language: str) -> str:
    """In the person's language where the catalogue has it."""
    return fault.__cause__.say(language) if isinstance(fault.__cause__, NoSuchAddress) else str(fault)


def _merged(settings: config.Config, told: dict[str, Any]) -> config.Config:
    """The settings with what the command line says in their place."""

    def replaced(section: Any, **names: str) -> Any:
        given = {key: told[name] for key, name in names.items() if told[name] is not None}
        return msgspec.structs.replace(section, **given)

    merged: config.Config = msgspec.structs.replace(
        replaced(settings, site="site"),
        broker=replaced(settings.broker, kind="broker", host="mqtt_host", port="mqtt_port", tls="tls"),
        api=replaced(settings.api, port="api_port"),
        attendance=replaced(settings.attendance, port="attendance_port"),
        speech=replaced(settings.speech, clips="clips", port="speech_port"),
        platform=replaced(
            settings.platform,
            url="platform_url",
            token_file="platform_token_file",
            signer="platform_signer",
            secrets_file="platform_secrets_file",
            mapping="platform_mapping",
            appointments="platform_appointments",
            callback_secret_file="platform_callback_secret_file",
        ),
    )
    return merged


def _started(known: config.Config, settings: config.Config) -> Deed:
    """Who started it, and what they changed of its settings: the names of secrets' files, never what is in them."""
    before, after = (msgspec.json.encode(value).decode() for value in (known, settings))
    return of_shell("hub/start", before=before if before != after else "", after=after if before != after else "")


async def _run(hub: Any, context: Any) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    broker, printer = hub.settings.broker, context.printer
    started = printer.say(
        "cli.started",
        name=hub.plan.name,
        folder=hub.folder,
        broker=f"{broker.kind} {broker.host}:{broker.port}",
        api=hub.settings.api.url,
    )
    await hub.run(stop, on_start=lambda: click.echo(started))
