"""The one error of flashing: a sentence that says what happened and what the installer should do now."""

from firmware.words import words

EXIT_NO = 1  # a board is not as it should be
EXIT_USAGE = 2  # the command line or the crate file is wrong
EXIT_UNREACHABLE = 3  # no hub answers
EXIT_SETUP = 4  # this computer, a profile or an image is wrong
EXIT_INTERRUPTED = 130  # Ctrl-C, as shells have it

_EXIT = {
    "hub_silent": EXIT_UNREACHABLE,
    "hub_token": EXIT_UNREACHABLE,
    "hub_stranger": EXIT_UNREACHABLE,
    "not_token": EXIT_UNREACHABLE,
    "open_token": EXIT_UNREACHABLE,
    "hub_url": EXIT_USAGE,
    "profile": EXIT_SETUP,
    "no_tool": EXIT_SETUP,
    "compile": EXIT_SETUP,
    "crate": EXIT_USAGE,
    "interrupted": EXIT_INTERRUPTED,
    "not_begun": EXIT_INTERRUPTED,
}


class FlashFault(Exception):
    """``code`` is a key of the catalogue without ``flash.fault.``; ``facts`` fill its sentence."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def say(self, language: str = "zh") -> str:
        """The sentence."""
        return words("flash.fault." + self.code, language, **self.facts)

    def __str__(self) -> str:
        return self.say("en")

    @property
    def exit_code(self) -> int:
        """What the shell sees."""
        return _EXIT.get(self.code, EXIT_NO)
