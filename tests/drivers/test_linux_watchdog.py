"""Watchdogs of Linux devices: a real socket as systemd has it, a file in place of the kernel's device."""

import os
import socket
from pathlib import Path

import pytest

from drivers.linux.watchdog import KernelWatchdog, SystemdWatchdog, find


def test_systemd_hears_each_feed(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        dog = find({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "8000000"}, "/dev/watchdog")
        assert isinstance(dog, SystemdWatchdog)
        dog.feed()
        dog.feed()
        assert [systemd.recv(100), systemd.recv(100)] == [b"WATCHDOG=1"] * 2
        dog.close()


def test_an_abstract_socket_is_found() -> None:
    name = f"hallhub-watchdog-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name)
        dog = SystemdWatchdog("@" + name)
        dog.feed()
        assert systemd.recv(100) == b"WATCHDOG=1"
        dog.close()


def test_the_kernels_is_fed_and_switched_off_by_an_orderly_end(tmp_path: Path) -> None:
    path = tmp_path / "watchdog"
    path.touch()
    dog = find({}, str(path))
    assert isinstance(dog, KernelWatchdog)
    dog.feed()
    dog.close()
    assert path.read_bytes() == b"\0V"


def test_a_machine_without_one_has_none(tmp_path: Path) -> None:
    assert find({}) is None
    with pytest.raises(FileNotFoundError):
        find({}, str(tmp_path / "watchdog"))
