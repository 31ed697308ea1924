"""The wires of a simulated board in a process of its own: JSON lines on its standard input and output.

Runs on MicroPython and CPython. The parent is the world: it presses, it looks and listens.
"""

import asyncio
import json
import sys

try:
    from collections.abc import Callable
    from typing import Any
except ImportError:  # MicroPython
    pass


def say(**facts: "Any") -> None:
    """One line to the parent."""
    sys.stdout.write(json.dumps(facts) + "\n")
    try:
        sys.stdout.flush()
    except AttributeError:  # MicroPython writes through
        pass


async def listen(heard: "Callable[[dict[str, Any]], Any]") -> None:
    """Calls ``heard`` with each object that the parent sends; returns when the parent has closed the pipe or died."""
    reader = await _standard_input()
    while True:
        line = await reader.readline()
        if not line:
            return
        try:
            facts = json.loads(line)
        except ValueError:
            continue
        if isinstance(facts, dict):
            heard(facts)


async def _standard_input() -> "Any":
    try:
        protocol = asyncio.StreamReaderProtocol
    except AttributeError:  # MicroPython
        return asyncio.StreamReader(sys.stdin.buffer)  # type: ignore[arg-type]
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol(reader), sys.stdin)
    return reader
