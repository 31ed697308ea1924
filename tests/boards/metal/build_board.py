"""In the test's MicroPython: build everything of a board.json, and print what the chip was asked for."""

import json
import sys

import machine

from firmware.parts import make_parts, status_led
from firmware.platform.network import bring_up

with open(sys.argv[1]) as file:
    board = json.load(file)
asked = {}
network = bring_up(board)
asked["network"], machine.CALLS[:] = list(machine.CALLS), []
parts = make_parts(board)
asked["parts"], machine.CALLS[:] = list(machine.CALLS), []
led = status_led(board)
if led is not None:
    led.set("steady")
asked["led"] = list(machine.CALLS)
asked["built"] = {name: type(parts[name]).__name__ for name in parts}
asked["mac"], asked["is_up"] = network.mac, network.is_up()
print(json.dumps(asked))
