"""Messages of help buttons."""

from firmware.wire.fields import Int, OneOf, Text
from firmware.wire.messages.base import Request, Show

ALARM_STATES = ("raised", "acknowledged", "closed")


class HelpPressed(Request):
    """Help button: somebody pressed. The button confirms to the person only when the hub has answered."""

    name = "help/press"
    held_ms: int = Int(0, 600000, default=0)


class ShowAlarm(Show):
    """Hub to help button: the state of its alarm, latched until a person closes it; drives the lamp."""

    name = "show/alarm"
    alarm: str = Text(40, default="")
    state: str = OneOf(*ALARM_STATES)
