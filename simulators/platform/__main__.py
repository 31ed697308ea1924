"""``python -m simulators.platform --port N --token-file F [--store F]``: the platform as a process of its own.

With ``--signer`` and ``--secrets-file`` it checks signatures instead of a token, with ``--interface`` it speaks the
words of that document. Prints its address once it listens; ends on SIGTERM or Ctrl-C.
"""

import argparse
import asyncio
import signal
import sys
import tomllib
from pathlib import Path

from simulators.platform.gate import BearerGate, Gate, gate_of
from simulators.platform.interface import Interface
from simulators.platform.reading import NeutralReading, Reading
from simulators.platform.server import SimulatedPlatform


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m simulators.platform", description="模拟市统一申办受理平台")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--token-file", type=Path, help="the bearer token that the hub must show")
    parser.add_argument("--signer", help="how requests are signed: tif-sha256, hmac-sha256, sm2-sm4")
    parser.add_argument("--secrets-file", type=Path, help="TOML: what the hub's secrets file says")
    parser.add_argument("--interface", help="its words: sample; without it, the neutral contract")
    parser.add_argument("--registered", action="append", default=[], metavar="TABLE=CODE,CODE", help="a code table")
    parser.add_argument("--store", type=Path, help="JSONL file: keeps what was received over a restart")
    chosen = parser.parse_args()
    try:
        made = SimulatedPlatform("", chosen.store, chosen.port, gate=_gate(chosen), reading=_reading(chosen))
        return asyncio.run(_serve(made))
    except (OSError, ValueError, KeyError) as error:
        print(f"simulated platform: {error}", file=sys.stderr)
        return 1


def _gate(chosen: argparse.Namespace) -> Gate:
    if chosen.signer:
        if chosen.secrets_file is None:
            raise ValueError("name the file with what both sides know: --secrets-file")
        return gate_of(chosen.signer, tomllib.loads(chosen.secrets_file.read_text(encoding="utf-8")))
    if chosen.token_file is None:
        raise ValueError("name the file with the hub's token (--token-file), or how it signs (--signer)")
    token = chosen.token_file.read_text(encoding="utf-8").strip()
    if not token:
        raise ValueError(f"{chosen.token_file}: is empty; write the token into it")
    return BearerGate(token)


def _reading(chosen: argparse.Namespace) -> Reading:
    if not chosen.interface:
        return NeutralReading()
    tables = (text.partition("=") for text in chosen.registered)
    return Interface(chosen.interface, {name: codes.split(",") for name, _, codes in tables})


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
