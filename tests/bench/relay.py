"""A bare relay: what arrives on one topic goes out on another at once. The measure for the hub's share of a delay."""

import asyncio
import json
import sys
from pathlib import Path

from firmware.wire import topics
from firmware.wire.messages.screen import ShowRegion
from hub.broker.accounts import HUB_USER
from hub.link import Address, Link, Receipt


async def main(folder: Path, port: int, source: str, target: str, template: Path) -> None:
    password = json.loads((folder / "keys.json").read_text(encoding="utf-8"))[HUB_USER]
    show = ShowRegion.decode(template.read_bytes())
    head, tail = show.encode().split(b'"rev":%d' % show.rev)

    def relay(topic: str, payload: bytes, receipt: Receipt) -> None:
        if topic == source:
            show.rev += 1
            link.publish(target, head + b'"rev":%d' % show.rev + tail, 1, True)
        link.ack(receipt)

    address = Address(host="127.0.0.1", port=port, user=HUB_USER, password=password)
    link = Link(address, topics.all_up("doumen"), relay, lambda: print("connected", flush=True))
    await link.run()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], Path(sys.argv[5])))
