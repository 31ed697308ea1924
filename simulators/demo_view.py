"""How a demo looks in a terminal: a picture that moves, or a line every few seconds where nothing can move."""

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from firmware.words import words
from simulators.demo_account import Account, Row
from simulators.demo_look import STATES, HallLook, Look

LINE_EVERY_S = 5.0
WIDE = 104  # columns in which the announcements find room too
COLOURS = {"waiting": "yellow", "called": "bold yellow", "serving": "cyan", "finished": "green", "passed": "dim"}
ALARM_COLOURS = {"raised": "bold red", "acknowledged": "yellow", "closed": "dim"}
ALARMS_SHOWN = 4


class View:
    """Use it as a context; ``show`` what was seen, ``say`` what begins."""

    def __init__(self, console: Console, language: str) -> None:
        self._console = console
        self._language = language
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None
        self._started_s = time.monotonic()
        self._next_line_s = 0.0

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """The picture stays as it is; harmless the second time."""
        if self._live is not None:
            self._live.stop()

    def say(self, key: str, **facts: object) -> None:
        """A step has begun."""
        text = f"{self._passed_s():5.1f} s  {words(key, self._language, **facts)}"
        self._console.print(text, highlight=False)

    def show(self, look: Look) -> None:
        """The newest look at everything."""
        if self._live is not None:
            self._live.update(self._picture(look), refresh=True)
        elif self._passed_s() >= self._next_line_s:
            self._next_line_s = self._passed_s() + LINE_EVERY_S
            self._console.print(f"{self._passed_s():5.1f} s  " + self._line(look), highlight=False, soft_wrap=True)

    def _passed_s(self) -> float:
        return time.monotonic() - self._started_s

    def _say(self, key: str, **facts: object) -> str:
        return words(key, self._language, **facts)

    def _line(self, look: Look) -> str:
        facts = [
            f"{self._say('demo.visitors')} {look.gone}/{look.visitors}",
            self._say("demo.takes", count=look.takes),
            self._say("demo.calls", count=look.calls),
            self._say("demo.finished", count=look.finished),
            self._say("demo.played", count=look.played),
            self._say("demo.devices", online=look.online, all=look.devices),
            self._say("demo.platform", delivered=look.delivered, behind=look.behind),
            self._say("demo.open_alarms", count=look.open_alarms),
        ]
        return " · ".join(facts)

    def _picture(self, look: Look) -> RenderableType:
        bar = Table.grid(padding=(0, 1))
        bar.add_row(
            f"{self._passed_s():4.0f} s",
            ProgressBar(total=look.visitors, completed=look.gone, width=max(20, min(60, self._console.width - 30))),
            f"{self._say('demo.visitors')} {look.gone}/{look.visitors}",
        )
        return Group(
            Text(self._say("demo.title", site=look.site), "bold"),
            self._halls(look.halls),
            self._facts(look),
            self._alarms(look.alarms),
            bar,
        )

    def _halls(self, halls: Sequence[HallLook]) -> Table:
        is_wide = self._console.width >= WIDE
        table = Table(header_style="bold", pad_edge=False, box=None)
        table.add_column(self._say("demo.hall"), no_wrap=True)
        for state in STATES:
            table.add_column(self._say(f"ticket.state.{state}"), justify="right", min_width=4)
        table.add_column(self._say("demo.call"), no_wrap=True, min_width=18)
        if is_wide:
            table.add_column(self._say("demo.heard"), no_wrap=True, overflow="ellipsis")
        for hall in halls:
            counts = [Text(str(hall.tickets[state] or "·"), COLOURS[state]) for state in STATES]
            table.add_row(hall.name, *counts, self._call(hall), *([Text(hall.heard, "dim")] if is_wide else []))
        return table

    def _call(self, hall: HallLook) -> str:
        call = hall.newest
        return self._say("demo.to_window", number=call.number, window=call.window) if call else ""

    def _facts(self, look: Look) -> Text:
        is_all = look.online == look.devices
        return Text(" · ").join(
            [
                Text(
                    self._say("demo.devices", online=look.online, all=look.devices), "green" if is_all else "bold red"
                ),
                Text(self._say("demo.takes", count=look.takes)),
                Text(self._say("demo.calls", count=look.calls)),
                Text(self._say("demo.finished", count=look.finished)),
                Text(self._say("demo.played", count=look.played)),
                Text(self._say("demo.platform", delivered=look.delivered, behind=look.behind)),
            ]
        )

    def _alarms(self, alarms: Sequence[tuple[str, str]]) -> Text:
        shown = [
            Text(f"{place} {self._say('alarm.state.' + state)}", ALARM_COLOURS[state])
            for place, state in alarms[:ALARMS_SHOWN]
        ]
        return Text(self._say("demo.alarms") + "  ") + Text(" · ").join(shown or [Text(self._say("demo.no_alarms"))])


def result(account: Account, language: str) -> RenderableType:
    """The final table: each thing counted in three places, and what does not agree."""

    def say(key: str, **facts: object) -> str:
        return words(key, language, **facts)

    table = Table(title=say("demo.result"), title_justify="left", header_style="bold")
    table.add_column("")
    for place in ("on_paper", "in_hub", "at_platform"):
        table.add_column(say(f"demo.{place}"), justify="right")
    table.add_row(say("demo.row.visitors"), str(account.visitors), "", "")
    for name in ("tickets", "finished", "passed", "rated", "alarms", "announcements"):
        row: Row = getattr(account, name)
        table.add_row(say(f"demo.row.{name}"), str(row.spot), str(row.hub), str(row.platform))
    table.add_row(say("demo.row.records"), "", "", str(account.records))
    table.add_section()
    table.add_row(say("demo.row.doubles"), _zero(account.doubles), "", "")
    table.add_row(say("demo.row.lost"), _zero(account.lost), "", "")
    lines: list[RenderableType] = [table]
    if account.unserved:
        lines.append(Text(say("demo.unserved", count=account.unserved), "yellow"))
    if account.agrees:
        lines.append(Text(say("demo.agreed", seconds=round(account.took_s)), "bold green"))
    else:
        lines += [Text(say("demo.disagreed"), "bold red"), *[Text("  " + trouble) for trouble in account.troubles[:20]]]
    return Group(*lines)


def _zero(count: int) -> Text:
    return Text(str(count), "bold red" if count else "green")
