"""One page per command: which facts, in which columns."""

from typing import Any

from rich.text import Text

from hub.cli import kiosks
from hub.cli.tables import Printer, View, clock, duration
from hub.site_file import Checked


def status(p: Printer, view: View) -> None:
    broker, platform = view["broker"], view["platform"]
    devices = view["devices"]
    p.facts(
        f"{view['name']} · {view['site']}",
        [
            ("cli.devices", f"{devices['online']} / {devices['all']}"),
            ("cli.alarms", Text(str(view["alarms"]), "bold red" if view["alarms"] else "green")),
            ("cli.journal", str(view["position"])),
            ("cli.uptime", duration(view["uptime_s"])),
            ("cli.broker", Text(_broker(p, broker), "green" if broker["connected"] else "bold red")),
            ("cli.restarts", str(broker["restarts"])),
            *_broker_trouble(broker),
            ("cli.platform", _platform(p, platform)),
            ("cli.announcements", str(view["announcements"])),
            ("cli.appointments.open", str(view["appointments"])),
        ],
    )
    p.table(
        "cli.halls",
        [
            ("cli.hall", lambda h: h["name"]),
            ("cli.open", lambda h: f"{h['open']} / {h['windows']}"),
            *[(f"ticket.state.{s}", _count(s)) for s in ("waiting", "called", "serving", "held", "finished", "passed")],
        ],
        view["halls"],
    )
    if view["doubles"]:
        p.table(
            "cli.doubles",
            [
                ("cli.id", lambda d: Text(d["device"], "bold red")),
                ("cli.first", lambda d: d["first"]["address"] or d["first"]["boot"]),
                ("cli.second", lambda d: d["second"]["address"] or d["second"]["boot"]),
                ("cli.heard", lambda d: clock(d["second"]["heard_ms"])),
            ],
            view["doubles"],
        )
        p.warn(p.say("cli.doubles.do"))
    if view["refusals"]["counts"]:
        p.table(
            "cli.refusals",
            [("cli.reason", lambda r: p.say(f"refusal.{r['reason']}")), ("cli.count", lambda r: str(r["count"]))],
            [{"reason": reason, "count": count} for reason, count in view["refusals"]["counts"].items()],
        )
        p.table(
            "cli.newest",
            [
                ("cli.time", lambda r: clock(r["at_ms"])),
                ("cli.who", lambda r: r["who"]),
                ("cli.reason", lambda r: p.say(f"refusal.{r['reason']}")),
                ("cli.detail", lambda r: r["detail"]),
            ],
            view["refusals"]["newest"][-10:],
        )
    for queue in view["long_queues"]:
        p.warn(p.say("cli.long_queue", **queue))
    for outage in view["outages"]:
        p.warn(kiosks.line(p, outage))
    for part in view["parts"]:
        p.warn(f"{part['device']}: {_part(p, part['part'], part['fault'])}")
    told = {(part["device"], part["part"]) for part in view["parts"]}
    for fault in view["faults"]:
        if (fault["device"], fault["fault"].partition(":")[0]) not in told:  # else the same in better words
            p.warn(f"{fault['device']}: {fault['fault']}")


def _broker(p: Printer, broker: View) -> str:
    """Such as: nats 2.14.3 · connected · 127.0.0.1:1883 TLS."""
    return " · ".join(
        (
            f"{broker['kind']} {broker['version']}".strip(),
            p.say("cli.up" if broker["connected"] else "cli.down"),
            f"{broker['host']}:{broker['port']}" + (" TLS" if broker["tls"] else ""),
        )
    )


def _broker_trouble(broker: View) -> list[tuple[str, str | Text]]:
    """What the broker and the link say of what is wrong, when something is."""
    said = [broker["fault"], "" if broker["connected"] else broker["error"]]
    return [("cli.error", Text(line, "bold red")) for line in said if line]


def _platform(p: Printer, platform: View) -> Text:
    if not platform["url"]:
        return Text(p.say("cli.platform.none"), "dim")
    text = p.say("cli.platform.line", delivered=platform["delivered"], behind=platform["behind"])
    if platform["last_error"]:
        return Text(f"{text} · {platform['last_error']}", "bold red")
    return Text(text, "green" if not platform["set_aside"] else "yellow")


def _count(state: str) -> Any:
    return lambda hall: str(hall["tickets"].get(state, "") or "")


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
    return "; ".join(_part(p, part, fault) for part, fault in view["parts"].items()) or str(view["fault"])


def _part(p: Printer, part: str, fault: str) -> str:
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
        ],
    )


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
