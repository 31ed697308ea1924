"""Whatever goes wrong with one board becomes a sentence in its outcome; the others go on, and the report is written."""

import traceback
from collections.abc import Callable

from board_profiles import ProfileError
from firmware.words import words
from tools.flashing.faults import FlashFault
from tools.flashing.hub import Hub
from tools.flashing.outcome import Outcome

LONGEST = 200  # characters of what Python says


def guarded(work: Callable[[], object], outcome: Outcome, language: str, hub: Hub) -> None:
    """Does ``work``; what it raises is noted, Ctrl-C as well. ``hub``: whose secrets are told to nobody."""
    try:
        work()
    except FlashFault as fault:
        note(fault, outcome, language)
    except ProfileError as error:
        note(FlashFault("profile", why="; ".join(error.lines)), outcome, language)
    except KeyboardInterrupt:
        note(FlashFault("interrupted", step=""), outcome, language)
    except Exception as error:
        outcome.trace = hub.without_secrets("".join(traceback.format_exception(error)))
        note(FlashFault("unexpected", port=outcome.port, step="", what=what(error, hub)), outcome, language)


def note(fault: FlashFault, outcome: Outcome, language: str) -> None:
    """The first fault of a board stays; the step in it is the one that was begun last."""
    if outcome.fault:
        return
    if "step" in fault.facts:
        fault.facts["step"] = words("flash.step." + outcome.step, language) if outcome.step else "-"
    outcome.fault, outcome.code, outcome.exit_code = fault.say(language), fault.code, fault.exit_code


def what(error: Exception, hub: Hub) -> str:
    """An exception in one line."""
    line = " ".join(hub.without_secrets(f"{type(error).__name__}: {error}").split())
    return line if len(line) <= LONGEST else line[:LONGEST] + "…"
