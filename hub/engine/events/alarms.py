"""Calls for help: raised, acknowledged, closed."""

from hub.engine.events.event import Event


class AlarmRaised(Event, frozen=True, kw_only=True):
    """Latched: only a person closes it. ``cause``: press, or how the button was tampered with (a part's fault)."""

    alarm: str
    device: str
    cause: str = "press"
    held_ms: int = 0  # how long the button was held when it told: an alarm by accident is a short one


class AlarmPressedAgain(Event, frozen=True, kw_only=True):
    alarm: str


class AlarmAcknowledged(Event, frozen=True, kw_only=True):
    alarm: str
    by: str


class AlarmClosed(Event, frozen=True, kw_only=True):
    alarm: str
    by: str
    note: str = ""
