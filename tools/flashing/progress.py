"""Progress bars, one a board, on the installer's terminal."""

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from firmware.words import words


class Bars:
    """``with Bars(console, language) as bars: bars.board(device)`` gives a Watcher."""

    def __init__(self, console: Console, language: str = "zh") -> None:
        self.language = language
        self.progress = Progress(
            TextColumn("{task.fields[device]}"),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            console=console,
        )

    def __enter__(self) -> "Bars":
        self.progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.progress.stop()

    def board(self, device: str) -> "Bar":
        """A line for one board."""
        return Bar(self, self.progress.add_task("", total=None, device=device))


class Bar:
    """A Watcher: the bar fills anew with each step; each finished step stays as a line above."""

    def __init__(self, bars: Bars, task: TaskID) -> None:
        self._bars = bars
        self._task = task
        self._name = ""

    def begins(self, step: str, total: int = 0) -> None:
        self._name = words("flash.step." + step, self._bars.language)
        self._bars.progress.reset(self._task, total=total or None, description=self._name)

    def advances(self, more: int) -> None:
        self._bars.progress.advance(self._task, more)

    def ends(self, note: str) -> None:
        progress = self._bars.progress
        progress.update(self._task, total=1, completed=1, refresh=True)  # what is printed now comes above the full bar
        device = progress.tasks[progress.task_ids.index(self._task)].fields["device"]
        progress.console.print(f"{device} [green]✓[/green] {self._name} [dim]{escape(note)}[/dim]", highlight=False)
