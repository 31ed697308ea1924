"""The adapter behind which every broker is the same: start, accounts, reload, health, refusals.

A hub that is killed leaves its broker running; the next `Broker.start` on the same folder adopts it when it listens as
it should now, and replaces it when not. So at most one broker belongs to a folder, and `Broker.stop` or `end_orphan`
always finds it. A lock on the folder keeps a second hub out.

What a broker stores (sessions, retained messages, queues) is a cache: devices repeat what the hub has not answered, and
the hub publishes every retained message again when it connects. So the store need not survive a power cut, and one
that cannot be read is put aside.

Blocking and thread-safe: from asyncio call ``await asyncio.to_thread(broker.start)``.
"""

import logging
import shutil
import signal
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from hub.broker.accounts import Account
from hub.broker.folder_lock import FolderLock
from hub.broker.own_addresses import must_be_ours
from hub.broker.process import BrokerProcess
from hub.broker.programs import BrokerFault, version_of
from hub.broker.refusals import LogTail, Refusal, Refusals
from hub.broker.settings import BrokerSettings
from hub.broker.takeovers import KEPT, Takeover
from hub.private_file import private_folder, write_private

START_S = 15.0
RELOAD_S = 5.0
WATCH_S = 0.05
STABLE_S = 30.0
SETTLE_S = 1.0
MAX_BACKOFF_S = 5.0

log = logging.getLogger(__name__)


class Broker(ABC):
    """A broker as a supervised child. ``folder`` is its own; made with mode 0700."""

    kind = ""
    _version_flag = ""  # with which the program says its version
    _patience_s = 0.0  # how long it may take to end when asked; 0: it is killed, which its store withstands
    _dropped: tuple[str, ...] = ()  # what log lines that nobody reads begin with
    _ready = ""  # what a log line has in it when the broker listens
    _reloaded = ""  # … when it has read its accounts again
    _store = ""  # file or folder, within the broker's folder, that holds sessions and retained messages
    _store_unreadable = ""  # what its last words have in them when it cannot read that

    def __init__(self, settings: BrokerSettings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder.resolve()
        self.version = ""
        self.restarts = 0
        self.fault = ""
        self._is_settled = False
        self._refusals = Refusals()
        self._takeovers: deque[Takeover] = deque(maxlen=KEPT)
        self._accounts: dict[str, Account] | None = None
        self._config = self.folder / f"{self.kind}.conf"
        self._lock = threading.RLock()
        self._folder_lock = FolderLock(self.folder)
        self._stopping = threading.Event()
        self._is_in_force = threading.Event()
        self._watcher: threading.Thread | None = None
        self._tail = LogTail(self._log, from_end=False)
        self._process = BrokerProcess([], self._config, self._log)

    look_s = 15.0

    # What one broker does differently

    @abstractmethod
    def _config_text(self) -> str:
        """The config file, without the accounts."""

    @abstractmethod
    def _account_files(self, accounts: Sequence[Account]) -> dict[str, str]:
        """File name → content, the same for the same accounts."""

    @abstractmethod
    def _refusal(self, line: str) -> Refusal | None:
        """What a line of the log tells of a refusal."""

    @abstractmethod
    def _takeover(self, line: str) -> Takeover | None:
        """What a line of the log tells of a client that took another's place."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Program and arguments; one of them is the config file."""

    def _settle(self) -> bool:
        """What is left to do once the broker runs; asked again every `SETTLE_S` until it says True."""
        return True

    def _look(self) -> list[Refusal]:
        """What the running broker tells only when it is asked; asked every ``look_s``. Must not raise."""
        return []

    # What all do alike

    def start(self) -> None:
        """Begins (or adopts) the broker, waits until it listens, and supervises it from then on.

        Raises `BrokerFault`.
        """
        with self._lock:
            if self._watcher is not None:
                raise BrokerFault("this broker is already started; stop it first")
            private_folder(self.folder)
            self._folder_lock.take()
            try:
                self._begin_or_adopt()
            except BaseException:
                self._process.end(self._patience_s)
                self._folder_lock.release()
                raise
            self._stopping.clear()
            self._watcher = threading.Thread(target=self._watch, name=f"{self.kind}-watch", daemon=True)
            self._watcher.start()

    def stop(self) -> None:
        """Ends the broker and its supervision. Harmless when not started."""
        watcher = self._watcher
        if watcher is None:
            return
        self._stopping.set()
        watcher.join()
        with self._lock:
            self._process.end(self._patience_s)
            self._read_log()
            self._watcher = None
            self._folder_lock.release()

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        """From now on exactly these may connect. Who was taken out, or got another key, is disconnected; the others
        notice nothing. Before `start`: remembered for it. Returns when in force; raises `BrokerFault` when that takes
        too long: they are written, and in force as soon as `is_in_force` says so.
        """
        with self._lock:
            self._accounts = {account.user: account for account in accounts}
            if self._watcher is None:
                return
            if self._write_accounts():
                self._reload()
        if self.is_alive() and not self._is_in_force.wait(RELOAD_S) and self.is_alive():
            raise BrokerFault(f"{self.kind} did not read its accounts again within {RELOAD_S:.0f} s; see {self._log}")

    def is_in_force(self) -> bool:
        """Whether the broker has read the accounts that were set last."""
        return self._is_in_force.is_set()

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.is_alive()

    @property
    def refusals(self) -> dict[str, int]:
        """Reason → how often since this hub began; a reason that never occurred is not there."""
        return dict(self._refusals.counts)

    @property
    def last_refusals(self) -> list[Refusal]:
        """The last few, oldest first."""
        return list(self._refusals.last)

    @property
    def takeovers(self) -> list[Takeover]:
        """The last few, oldest first."""
        return list(self._takeovers)

    def health(self) -> dict[str, Any]:
        """For ``hallhub status``: plain values only."""
        return {
            "kind": self.kind,
            "version": self.version,
            "is_alive": self.is_alive(),
            "pid": self._process.pid,
            "host": self.settings.host,
            "port": self.settings.port,
            "tls": self.settings.tls is not None,
            "accounts": len(self._accounts or {}),
            "restarts": self.restarts,
            "is_settled": self._is_settled,
            "fault": self.fault,
            "refusals": self.refusals,
        }

    @property
    def _log(self) -> Path:
        return self.folder / "broker.log"

    def _begin_or_adopt(self) -> None:
        command = self._command()
        self.version = version_of(command[0], self._version_flag)
        self._process = BrokerProcess(command, self._config, self._log, self._dropped)
        config = self._config_text()
        if self._process.adopt():
            is_as_wanted = self._config.exists() and self._config.read_text() == config
            if is_as_wanted:
                self._tail = LogTail(self._log, from_end=True)
                self._is_in_force.set()
                if self._write_accounts():
                    self._reload()
                log.info("adopted the running %s, pid %d", self.kind, self._process.pid)
                return
            self._process.end(self._patience_s)
        write_private(self._config, config.encode())
        self._write_accounts()
        self._log.unlink(missing_ok=True)
        self._tail = LogTail(self._log, from_end=False)
        try:
            self._begin()
        except BrokerFault as fault:
            if self._store_unreadable not in str(fault):
                raise
            self._put_store_aside()
            self._begin()

    def _begin(self) -> None:
        """One attempt; raises `BrokerFault` with the broker's last words, or `NoSuchAddress`."""
        self._process.begin()
        words: list[str] = []
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            is_alive = self._process.is_alive()
            fresh = self._read_log()
            words = (words + fresh)[-5:]
            if any(self._ready in line for line in fresh):
                self._is_in_force.set()
                return
            if not is_alive and not fresh:
                time.sleep(WATCH_S)  # the sieve may still hold its last words
                words = (words + self._read_log())[-5:]
                break
            time.sleep(0.005)
        self._process.end(self._patience_s)
        must_be_ours(self.settings.host)
        said = "; ".join(words) or "it said nothing"
        where = f"{self.settings.host}:{self.settings.port}"
        raise BrokerFault(f"{self.kind} does not start on {where}: {said}. See {self._log}; is the port free?")

    def _put_store_aside(self) -> None:
        """A store that cannot be read must not keep the building silent."""
        store = self.folder / self._store
        aside = store.with_name(store.name + ".unreadable")
        shutil.rmtree(aside, ignore_errors=True)
        store.replace(aside)
        log.warning("%s cannot read its store; put aside as %s, starting empty", self.kind, aside)

    def _write_accounts(self) -> bool:
        """True when a file changed. None given yet: whoever could connect still can; at the first start nobody."""
        files = self._account_files(list((self._accounts or {}).values()))
        changed = False
        for name, content in files.items():
            path = self.folder / name
            is_there = path.exists()
            if is_there and (self._accounts is None or path.read_text() == content):
                continue
            write_private(path, content.encode(), is_durable=False)
            changed = True
        return changed

    def _reload(self) -> None:
        """Have the running broker read its accounts; the log tells when it did. One that is dead does at its start."""
        self._is_in_force.clear()
        self._process.signal(signal.SIGHUP)

    def _read_log(self) -> list[str]:
        lines = self._tail.lines()
        for line in lines:
            if self._reloaded in line:
                self._is_in_force.set()
            refusal = self._refusal(line)
            if refusal is not None:
                self._refusals.add(refusal)
            takeover = self._takeover(line)
            if takeover is not None:
                self._takeovers.append(msgspec.structs.replace(takeover, at_ms=int(time.time() * 1000)))
        return lines

    def _watch(self) -> None:
        """Reads the log, and begins the broker again when it died: at once, then after ever longer rests."""
        backoff_s = settle_at_s = look_at_s = 0.0
        begun_s = time.monotonic()
        while not self._stopping.wait(WATCH_S):
            self._read_log()
            if self._process.is_alive():
                if not self._is_settled and time.monotonic() > settle_at_s:
                    self._is_settled = self._settle()
                    settle_at_s = time.monotonic() + SETTLE_S
                if time.monotonic() > look_at_s:
                    for refusal in self._look():
                        self._refusals.add(refusal)
                    look_at_s = time.monotonic() + self.look_s
                continue
            self._is_settled = False
            if time.monotonic() - begun_s > STABLE_S:
                backoff_s = 0.0
            if self._stopping.wait(backoff_s):
                return
            backoff_s = min(MAX_BACKOFF_S, backoff_s * 2 or 0.2)
            begun_s = time.monotonic()
            self._restart()

    def _restart(self) -> None:
        with self._lock:
            self.restarts += 1
            log.warning("%s died; start %d", self.kind, self.restarts)
            try:
                self._begin()
                self.fault = ""
            except (BrokerFault, OSError) as fault:
                self.fault = str(fault)
                log.error("%s", fault)
