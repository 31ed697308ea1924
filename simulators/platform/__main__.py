"""``python -m simulators.platform --port N --token-file F [--store F]``: the platform as a process of its own.

Prints its address once it listens; ends on SIGTERM or Ctrl-C.
"""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from simulators.platform.server import SimulatedPlatform


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m simulators.platform", description="模拟市统一申办受理平台")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--token-file", type=Path, required=True, help="the bearer token that the hub must show")
    parser.add_argument("--store", type=Path, help="JSONL file: keeps what was received over a restart")
    chosen = parser.parse_args()
    try:
        token = chosen.token_file.read_text(encoding="utf-8").strip()
        if not token:
            raise ValueError(f"{chosen.token_file}: is empty; write the token into it")
        return asyncio.run(_serve(SimulatedPlatform(token, chosen.store, chosen.port)))
    except (OSError, ValueError) as error:
        print(f"simulated platform: {error}", file=sys.stderr)
        return 1


async def _serve(platform: SimulatedPlatform) -> int:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        await platform.start()
        print(platform.url, flush=True)
        await stopped.wait()
        await platform.stop()
    finally:
        platform.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
