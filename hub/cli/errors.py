"""Exit codes of the CLI, and the one exception that carries them."""

import click

EXIT_NO = 1  # the hub said no, or there is no such thing
EXIT_USAGE = 2  # the command line is wrong
EXIT_UNREACHABLE = 3  # no such hub answers
EXIT_SETUP = 4  # site, configuration or machine are wrong


class CliError(click.ClickException):
    """A sentence for a person, and the exit code for a script."""

    def __init__(self, exit_code: int, message: str) -> None:
        super().__init__(message)
        self._exit_code = exit_code

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """What the shell sees."""
        return self._exit_code
