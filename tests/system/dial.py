"""A device dials a broker over TLS and prints ``up`` or why not: ``dial.py host port ca``. CPython and MicroPython."""

import asyncio
import sys

from firmware.link.backoff import Backoff
from firmware.link.client import Client
from firmware.link.tls import context
from firmware.wire import packets


class Dialler:
    def __init__(self):
        self.outcome = ""

    def link_up(self):
        self.client.deliver("here", "dial/up", b"over TLS")

    def link_received(self, topic, payload):
        self.outcome = "up " + str(payload, "utf-8")

    def link_down(self, reason):
        self.outcome = "down " + reason


async def dial(host, port, ca):
    dialler = Dialler()
    hello = packets.connect("dialler", "", "", 15)
    address = (host, int(port), context(ca))
    dialler.client = Client(address, hello, lambda: [("dial/+", 0)], dialler, Backoff(lambda: 0))
    task = asyncio.create_task(dialler.client.run())
    while not dialler.outcome and not task.done():
        await asyncio.sleep(0.01)
    print(dialler.outcome)
    sys.exit(0)


asyncio.run(dial(*sys.argv[1:4]))
