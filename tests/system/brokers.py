"""The brokers with which the system tests run. mosquitto may be missing on a person's machine, never in CI."""

import os
import shutil

import pytest

MOSQUITTO = shutil.which("mosquitto", path=os.environ.get("PATH", os.defpath) + os.pathsep + "/usr/sbin")
BROKERS = [
    "nats",
    pytest.param(
        "mosquitto",
        marks=pytest.mark.skipif(
            not MOSQUITTO and not os.environ.get("CI"), reason="no mosquitto here: sudo apt-get install mosquitto"
        ),
    ),
]
