"""The page of `hallhub status`: the building at a glance, then all that wants somebody."""

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from hub.cli import kiosks
from hub.cli.pages import part_line
from hub.cli.tables import Printer, View, clock, duration

NEWEST = 10  # refusals
_STATES = ("waiting", "called", "serving", "held", "finished", "passed")


def status(p: Printer, view: View) -> None:
    _building(p, view)
    _halls(p, view["halls"])
    _doubles(p, view["doubles"])
    _refusals(p, view["refusals"])
    for line in _warnings(p, view):
        p.warn(line)


def _building(p: Printer, view: View) -> None:
    broker, devices = view["broker"], view["devices"]
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
            ("cli.platform", _platform(p, view["platform"])),
            ("cli.announcements", str(view["announcements"])),
            ("cli.appointments.open", str(view["appointments"])),
        ],
    )


def _halls(p: Printer, halls: list[View]) -> None:
    p.table(
        "cli.halls",
        [
            ("cli.hall", lambda h: h["name"]),
            ("cli.open", lambda h: f"{h['open']} / {h['windows']}"),
            *[(f"ticket.state.{state}", _count(state)) for state in _STATES],
        ],
        halls,
    )


def _doubles(p: Printer, doubles: list[View]) -> None:
    """Two boards with one id: what to do about it, too."""
    if not doubles:
        return
    p.table(
        "cli.doubles",
        [
            ("cli.id", lambda d: Text(d["device"], "bold red")),
            ("cli.first", lambda d: d["first"]["address"] or d["first"]["boot"]),
            ("cli.second", lambda d: d["second"]["address"] or d["second"]["boot"]),
            ("cli.heard", lambda d: clock(d["second"]["heard_ms"])),
        ],
        doubles,
    )
    p.warn(p.say("cli.doubles.do"))


def _refusals(p: Printer, refusals: View) -> None:
    """How often who was turned away, and the newest."""
    if not refusals["counts"]:
        return
    p.table(
        "cli.refusals",
        [("cli.reason", lambda r: p.say(f"refusal.{r['reason']}")), ("cli.count", lambda r: str(r["count"]))],
        [{"reason": reason, "count": count} for reason, count in refusals["counts"].items()],
    )
    p.table(
        "cli.newest",
        [
            ("cli.time", lambda r: clock(r["at_ms"])),
            ("cli.who", lambda r: r["who"]),
            ("cli.reason", lambda r: p.say(f"refusal.{r['reason']}")),
            ("cli.detail", lambda r: r["detail"]),
        ],
        refusals["newest"][-NEWEST:],
    )


def _warnings(p: Printer, view: View) -> Iterator[str]:
    for queue in view["long_queues"]:
        yield p.say("cli.long_queue", **queue)
    for outage in view["outages"]:
        yield kiosks.line(p, outage)
    for part in view["parts"]:
        yield f"{part['device']}: {part_line(p, part['part'], part['fault'])}"
    for device in view["safe_mode"]:
        yield p.say("cli.safe_mode", device=device)
    told = {(part["device"], part["part"]) for part in view["parts"]}
    for fault in view["faults"]:
        about = fault["device"], fault["fault"].partition(":")[0]
        if about not in told and fault["device"] not in view["safe_mode"]:  # else the same in better words
            yield f"{fault['device']}: {fault['fault']}"


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
