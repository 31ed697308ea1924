"""A TCP connection, plain or TLS, that hands bytes over as they come: the one seam between the client and a network.

``await open_socket(host, port, tls, received)`` connects (OSError, or asyncio.TimeoutError, when it cannot) and gives

- ``write(data)``: takes the bytes at once, sends them as soon as the network allows; nothing when closed;
- ``await closed(seconds)``: True when the connection has ended, False when it has not within that time;
- ``close(reason)``: ends it, from anywhere; ``reason``: why it ended, in one line, empty while it is open;
- ``await release()``: after that, once, by the owner: sends what can still be sent and gives the socket back.

``received(data)`` is called with each piece that arrives. Unsent bytes are bounded: who reads nothing is cut off.
"""

import asyncio

try:
    asyncio.Protocol  # noqa: B018
    from firmware.link.protocol_socket import open_socket
except AttributeError:  # MicroPython has streams only
    from firmware.link.stream_socket import open_socket  # type: ignore[assignment]

__all__ = ["open_socket"]
