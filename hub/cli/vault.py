"""The commands of the vault: a person in clear, for a reason; erased on request."""

from typing import Any

import click

from hub.cli.context import Context, json_option, with_context
from hub.cli.errors import EXIT_USAGE, CliError
from hub.cli.tables import Printer

WHY = click.option("--why", required=True, help="What for; kept in the audit log.")


@click.group("vault")
def vault() -> None:
    """Who the visitors are: kept enciphered, masked everywhere, forgotten by rule."""


@vault.command("status")
@json_option
@with_context
def vault_status(context: Context, as_json: bool) -> None:
    """How many people are known, and for how long."""
    context.show(as_json, context.client().get("vault"), lambda p, view: _say(p, "cli.vault.status", view))


@vault.command("show")
@click.argument("visitor")
@WHY
@json_option
@with_context
def vault_show(context: Context, visitor: str, why: str, as_json: bool) -> None:
    """One VISITOR in clear: name, card, phone, code. Who looked and why is in the audit log first."""
    answer = context.client().post("vault", "show", body={"visitor": visitor, "why": why})
    context.show(as_json, answer, whole_page)


@vault.command("erase")
@click.option("--visitor", default="", help="By the random id.")
@click.option("--card", default="", help="By the identity card's number.")
@click.option("--phone", default="", help="By the phone number.")
@click.option("--ticket", default="", help="By the number of a ticket of today, or a ticket's id.")
@WHY
@json_option
@with_context
def vault_erase(context: Context, visitor: str, card: str, phone: str, ticket: str, why: str, as_json: bool) -> None:
    """Forget one person who asked for it, and what was written by or about them. Tickets stay, and lead to nobody."""
    given = {"visitor": visitor, "card": card, "phone": phone, "ticket": ticket}
    if sum(map(bool, given.values())) != 1:
        raise CliError(EXIT_USAGE, context.printer.say("cli.vault.one"))
    answer = context.client().post("vault", "erase", body={**given, "why": why})
    context.show(as_json, answer, lambda p, view: _say(p, "cli.vault.erased", view))


def _say(p: Printer, key: str, view: dict[str, Any]) -> None:
    p.console.print(p.say(key, **view))


def whole_page(p: Printer, view: dict[str, Any]) -> None:
    keys = {"name": "cli.vault.name", "card": "cli.vault.card", "phone": "cli.vault.phone", "code": "cli.vault.code"}
    p.facts(view["visitor"], [(key, view[field]) for field, key in keys.items()])
