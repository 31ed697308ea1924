"""A punch clock on the wall: people punch, it tells the hub over ZKTeco's PUSH protocol until the hub says OK."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta, timezone


class SimulatedAttendanceTerminal:
    """``base``: the hub's address, ``http://127.0.0.1:8783``. Its memory keeps what was not acknowledged."""

    def __init__(self, base: str, serial: str, now_s: Callable[[], float] = time.time, offset_min: int = 480) -> None:
        self.base = base
        self.serial = serial
        self.options: dict[str, str] = {}
        self.answers: list[tuple[int, str]] = []
        self._now_s = now_s
        self._zone = timezone(timedelta(minutes=offset_min))
        self._ahead_s = 0.0
        self._has_network = True
        self._memory: list[str] = []

    @property
    def kept(self) -> int:
        """Punches in its memory that the hub has not acknowledged."""
        return len(self._memory)

    def set_clock(self, ahead_s: float) -> None:
        """Somebody set it wrong."""
        self._ahead_s = ahead_s

    def cut_network(self) -> None:
        """The cable is out; people go on punching."""
        self._has_network = False

    def mend_network(self) -> None:
        """The cable is in again; nothing is sent until it next tries."""
        self._has_network = True

    def punch(self, badge: str, state: int = 0, verified_by: int = 15) -> None:
        """Somebody is recognised."""
        at = datetime.fromtimestamp(self._now_s() + self._ahead_s, self._zone)
        self._memory.append(f"{badge}\t{at:%Y-%m-%d %H:%M:%S}\t{state}\t{verified_by}\t0\t0\t0")

    def write(self, line: str) -> None:
        """A line that its maker words otherwise: a name for a PIN, a time of another form."""
        self._memory.append(line)

    def start(self) -> bool:
        """Asks for its options. Whether it was let in."""
        status, text = self._ask("GET", "cdata", "&options=all&pushver=2.4.1")
        self.options = dict(line.split("=", 1) for line in text.splitlines()[1:] if "=" in line)
        return status == 200

    def poll(self) -> bool:
        """Asks for commands, as it does every few seconds."""
        return self._ask("GET", "getrequest", "")[0] == 200

    def send(self, *, hears_the_answer: bool = True) -> bool:
        """Sends what it keeps; forgets it when the hub says OK. ``hears_the_answer``: else the answer gets lost."""
        if not self._memory:
            return True
        lines = "".join(line + "\n" for line in self._memory)
        status, text = self._ask("POST", "cdata", "&table=ATTLOG&Stamp=9999", lines.encode())
        if status == 200 and text.startswith("OK") and hears_the_answer:
            self._memory.clear()
        return not self._memory

    def _ask(self, method: str, path: str, query: str, body: bytes | None = None) -> tuple[int, str]:
        """(status, text); status 0 without a network."""
        if not self._has_network:
            return 0, ""
        url = f"{self.base}/iclock/{path}?SN={self.serial}{query}"
        request = urllib.request.Request(url, body, {"Content-Type": "text/plain"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                answer = reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                answer = error.code, error.read().decode()
        except OSError:
            answer = 0, ""
        self.answers.append(answer)
        return answer
