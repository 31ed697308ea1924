"""One page per command: which facts, in which columns."""

from rich.text import Text

from hub.cli.tables import Printer, View, clock, duration
from hub.site_file import Checked


def site_facts(checked: Checked) -> View:
    """What `site check` says of a good file."""
    plan = checked.plan
    kinds: dict[str, int] = {}
    for item in plan.devices:
        kinds[item.kind] = kinds.get(item.kind, 0) + 1
    return {
        "id": plan.id,
        "name": plan.name,
        "halls": len(plan.halls),
        "services": len(plan.services),
        "windows": len(plan.windows),
        "channels": len(plan.channels),
        "devices": kinds,
        "warnings": list(checked.warnings),
        "decisions": [{"about": d.about, "decided": d.decided, "change": d.change} for d in checked.decisions],
    }


def site(p: Printer, view: View) -> None:
    counted = [(f"cli.count.{key}", str(view[key])) for key in ("halls", "services", "windows", "channels")]
    kinds: list[tuple[str, str | Text]] = [(f"kind.{kind}", str(count)) for kind, count in view["devices"].items()]
    p.facts(f"{view['name']} · {view['id']} ✓", [*counted, *kinds])
    if view["decisions"]:
        p.table(
            "cli.decisions",
            [
                ("cli.about", lambda d: d["about"]),
                ("cli.decided", lambda d: d["decided"]),
                ("cli.change", lambda d: d["change"]),
            ],
            view["decisions"],
        )
    for warning in view["warnings"]:
        p.console.print(Text(warning, "yellow"), soft_wrap=True)


def devices(p: Printer, views: list[View]) -> None:
    p.table(
        "cli.devices",
        [
            ("cli.id", lambda d: d["id"]),
            ("cli.kind", lambda d: p.say(f"kind.{d['kind']}")),
            ("cli.place", lambda d: d["place"] or d["hall"]),
            ("cli.state", lambda d: _online(p, d)),
            ("cli.heard", _heard),
            ("cli.fault", lambda d: Text(_faults(p, d), "bold red")),
        ],
        views,
    )


def _faults(p: Printer, view: View) -> str:
    """What does not work: the parts in the catalogue's words, else the device's own line."""
    if view["reset_cause"] == "safe":
        return p.say("reset.safe")
    return "; ".join(part_line(p, part, fault) for part, fault in view["parts"].items()) or str(view["fault"])


def part_line(p: Printer, part: str, fault: str) -> str:
    """A part and its fault in the catalogue's words."""
    name, _, number = part.partition("-")  # unit-3: of several alike
    return f"{p.say(f'part.{name}')}{' ' + number if number else ''}: {p.say(f'fault.{fault}')}"


def _online(p: Printer, view: View) -> Text:
    key = "online" if view["is_online"] else "offline"
    return Text(p.say(f"device.state.{key}"), "green" if view["is_online"] else "bold red")


def _heard(view: View) -> str:
    """Empty for a device that said nothing since the hub began."""
    return clock(view["heard_ms"]) if view["boot"] else ""


def device(p: Printer, view: View) -> None:
    p.facts(
        view["id"],
        [
            ("cli.kind", p.say(f"kind.{view['kind']}")),
            ("cli.hall", view["hall"]),
            ("cli.place", view["place"]),
            ("cli.state", _online(p, view)),
            ("cli.version", view["version"]),
            ("cli.boot", view["boot"]),
            ("cli.uptime", duration(view["uptime_s"]) if view["boot"] else ""),
            ("cli.heap", f"{view['heap_free']} B" if view["heap_free"] else ""),
            ("cli.outbox", str(view["waiting"])),
            ("cli.errors", str(view["errors"])),
            ("cli.fault", _faults(p, view)),
            ("cli.heard", _heard(view)),
            ("cli.reset", p.say(f"reset.{view['reset_cause']}") if view["reset_cause"] else ""),
            ("cli.reconnects", str(view["reconnects"])),
            ("cli.drop", view["drop"]),
            ("cli.round_trip", f"{view['answer_ms']} ms" if view["answer_ms"] else ""),
            ("cli.signal", f"{view['signal_dbm']} dBm" if view["signal_dbm"] else ""),
        ],
    )


def windows(p: Printer, views: list[View]) -> None:
    p.table(
        "cli.windows",
        [
            ("cli.id", lambda w: w["id"]),
            ("cli.number", lambda w: str(w["number"])),
            ("cli.state", lambda w: p.state("window.state", w["state"])),
            ("cli.ticket", lambda w: w["ticket"]),
            ("cli.ticket.state", lambda w: p.state("ticket.state", w["ticket_state"])),
            ("cli.held", lambda w: " ".join(w["held"])),
            ("cli.waiting", lambda w: str(w["waiting"])),
        ],
        views,
    )


def tickets(p: Printer, views: list[View]) -> None:
    p.table(
        "cli.tickets",
        [
            ("cli.number", lambda t: t["number"]),
            ("cli.service", lambda t: t["service_name"]),
            ("cli.state", lambda t: p.state("ticket.state", t["state"])),
            ("cli.window", lambda t: str(t["window_number"] or "")),
            ("cli.taken", lambda t: clock(t["taken_at_ms"])),
            ("cli.changed", lambda t: clock(t["changed_at_ms"])),
            ("cli.rated", lambda t: str(t["level"] or "")),
        ],
        views,
    )


def ticket(p: Printer, view: View) -> None:
    p.facts(
        view["number"],
        [
            ("cli.id", view["id"]),
            ("cli.service", view["service_name"]),
            ("cli.state", p.state("ticket.state", view["state"])),
            ("cli.priority", p.say(f"priority.{view['priority']}")),
            ("cli.reason", view["reason"]),
            ("cli.window", str(view["window_number"] or "")),
            ("cli.taken", clock(view["taken_at_ms"])),
            ("cli.changed", clock(view["changed_at_ms"])),
            ("cli.recalls", str(view["recalls"])),
            ("cli.rated", str(view["level"] or "")),
        ],
    )


def alarms(p: Printer, views: list[View]) -> None:
    p.table(
        "cli.alarms",
        [
            ("cli.id", lambda a: a["id"]),
            ("cli.place", lambda a: a["place"] or a["device"]),
            ("cli.state", lambda a: p.state("alarm.state", a["state"])),
            ("cli.cause", lambda a: p.say(f"alarm.cause.{a['cause']}")),
            ("cli.presses", lambda a: str(a["presses"])),
            ("cli.raised", lambda a: clock(a["raised_at_ms"])),
            ("cli.acknowledged", lambda a: clock(a["acknowledged_at_ms"])),
            ("cli.closed", lambda a: clock(a["closed_at_ms"])),
            ("cli.note", lambda a: a["note"]),
        ],
        views,
    )


def platform(p: Printer, view: View) -> None:
    if not view["url"]:
        p.console.print(p.say("cli.platform.none"))
        return
    p.facts(
        view["url"],
        [
            ("cli.delivered", str(view["delivered"])),
            ("cli.behind", str(view["behind"])),
            ("cli.aside", str(view["set_aside"])),
            ("cli.attempts", str(view["attempts"])),
            ("cli.error", Text(view["last_error"], "bold red")),
            ("cli.platform.compared", Text(view["reconciliation_error"], "bold red")),
            *_fetched(p, view["appointments"]),
            *(("cli.platform.callbacks", f"{count}: {why}") for why, count in view["callbacks_refused"].items()),
        ],
    )


def _fetched(p: Printer, view: View) -> list[tuple[str, str | Text]]:
    """Since the start; nothing where none are asked for."""
    if not view:
        return []
    sums = p.say("cli.platform.fetched", fetched=view["fetched"], set_aside=view["set_aside"])
    error = [("cli.platform.unfetched", Text(view["error"], "bold red"))] if view["error"] else []
    return [("cli.platform.appointments", sums), *error]


def announcing(p: Printer, view: View) -> None:
    p.table(
        "cli.channels",
        [("cli.id", lambda c: c["id"]), ("cli.halls", lambda c: " ".join(c["halls"]))],
        view["channels"],
    )
    p.table(
        "cli.phrases",
        [("cli.id", lambda phrase: phrase["id"]), ("cli.words", lambda phrase: p.say(f"phrase.{phrase['id']}"))],
        [{"id": phrase} for phrase in view["phrases"]],
    )


def done(p: Printer, view: View) -> None:
    p.console.print(p.say("cli.done", position=view["position"]))


def provisioned(p: Printer, view: View) -> None:
    """One device that was added, or has a new key."""
    p.console.print(p.say("cli.provisioned", id=view["id"], kind=p.say(f"kind.{view['kind']}")))
    p.console.print(p.say("cli.board", path=view["board"]), soft_wrap=True)


def all_provisioned(p: Printer, views: list[View]) -> None:
    p.table(
        "cli.added",
        [
            ("cli.id", lambda d: d["id"]),
            ("cli.kind", lambda d: p.say(f"kind.{d['kind']}")),
            ("cli.hall", lambda d: d["hall"]),
            ("cli.place", lambda d: d["place"]),
            ("cli.board_file", lambda d: d["board"]),
        ],
        views,
    )


def retired(p: Printer, view: View) -> None:
    p.console.print(p.say("cli.retired", id=view["id"]))
