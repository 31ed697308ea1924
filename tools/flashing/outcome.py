"""What came of one board: the row of the report, the facts of the label."""

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """``step`` is the last that was begun; ``fault`` for people, ``code`` for scripts: empty when all is well.

    ``seconds``: 0 until it has ended. ``trace``: the traceback of what nobody foresaw, for a file of its own.
    """

    port: str
    device: str
    kind: str = ""
    hall: str = ""
    place: str = ""
    profile: str = ""
    board: str = ""
    mac: str = ""
    unique_id: str = ""
    version: str = ""
    step: str = ""
    differences: list[str] = field(default_factory=list)
    sent_files: int = 0
    sent_bytes: int = 0
    is_online: bool = False
    label: str = ""
    seconds: float = 0.0
    code: str = ""
    fault: str = ""
    exit_code: int = 0
    trace: str = field(default="", repr=False)
