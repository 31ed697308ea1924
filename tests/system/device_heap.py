"""How much heap a device needs: its role and agent at work in real MicroPython, against a broker on the loopback.

The PC port has 64-bit words; a microcontroller needs about half of what is measured here.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from firmware.kinds import KINDS
from firmware.wire import packets
from tests.portable.far_broker import FarBroker

ROOT = Path(__file__).parents[2]
ROLES = ("help_button", "amplifier", "window_strip", "call_terminal", "evaluation_terminal")


async def live_heap(kind: str, heap: str, folder: Path) -> int:
    """Bytes in use when the device is welcome and idle; raises RuntimeError when ``heap`` (``96k``) is too small."""
    broker = await FarBroker().open()
    replies = []

    async def reply(topic: str, plain: dict[str, object]) -> None:
        down, name = topic.split("/up/")
        if name == "hello":
            answer = json.dumps({"boot": plain["boot"], "at_ms": 1795000000000}).encode()
            await broker.send(packets.publish(down + "/down/welcome", answer))
        elif "seq" in plain:
            answer = json.dumps({"boot": plain["boot"], "seq": plain["seq"]}).encode()
            await broker.send(packets.publish(down + "/down/ack", answer))

    def published(topic: str, payload: bytes) -> None:
        replies.append(asyncio.ensure_future(reply(topic, json.loads(payload))))

    broker.on_publish = published
    board = {"site": "doumen", "device": "dev-1", "kind": kind, "version": "0.1.0", "user": "dev-1", "password": "x"}
    board |= {"broker": {"host": "127.0.0.1", "port": broker.port}, "data": str(folder), "settings": {}}
    board |= {"heartbeat_s": KINDS[kind].heartbeat_s}
    path = folder / "board.json"
    path.write_text(json.dumps(board))
    device = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("micropython"),
        *("-X", "heapsize=" + heap, ROOT / "tests/system/small_board.py", path),
        env={"MICROPYPATH": f"{ROOT}:.frozen", "PATH": os.environ["PATH"]},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(device.communicate(), 20)
    finally:
        if device.returncode is None:
            device.kill()
            await device.wait()
        await broker.close()
    words = said.decode().split()
    if device.returncode or words[:1] != ["live"]:
        raise RuntimeError(f"{kind} does not run in a heap of {heap}: {said.decode().strip()[-300:]}")
    return int(words[1])


async def all_roles(folder: Path) -> dict[str, int]:
    """Kind → bytes in use, of the roles that run on microcontrollers."""
    found = {}
    for kind in ROLES:
        (folder / kind).mkdir()
        found[kind] = await live_heap(kind, "400k", folder / kind)
    return found
