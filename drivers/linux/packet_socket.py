"""A network interface that raw Ethernet frames leave by: AF_PACKET, which needs the capability CAP_NET_RAW."""

import fcntl
import socket
import struct

SIOCGIFFLAGS = 0x8913
IFF_UP, IFF_RUNNING = 0x1, 0x40  # linux/if.h; running: there is a carrier, something is plugged in and awake


class PacketSocket:
    """One interface. ``answers``: the EtherType of the frames that are received; 3 is all of them.

    Raises, saying what to do, OSError without such an interface and PermissionError without the capability.
    """

    def __init__(self, interface: str, answers: int) -> None:
        self._request = struct.pack("256s", interface.encode())
        try:
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(answers))
        except PermissionError:
            raise PermissionError(
                f"panel: frames on {interface} need CAP_NET_RAW; give it to the service (AmbientCapabilities)"
            ) from None
        self._socket.setblocking(False)
        try:
            self._socket.bind((interface, 0))
        except OSError as error:
            self._socket.close()
            raise OSError(
                f"panel: interface {interface}: {error}; is the adapter of the strip plugged in and named so?"
            ) from None
        self.send = self._socket.send  # one frame; BlockingIOError when the interface has its hands full

    def fileno(self) -> int:
        """To wait for what arrives."""
        return self._socket.fileno()

    def receive(self) -> bytes:
        """The next frame that has arrived; empty when there is none."""
        try:
            return self._socket.recv(2048)
        except BlockingIOError:
            return b""

    def is_up(self) -> bool:
        """There is a cable, and something awake at its other end. OSError when the interface itself is gone."""
        answer = fcntl.ioctl(self._socket.fileno(), SIOCGIFFLAGS, self._request)
        flags: int = struct.unpack_from("H", answer, 16)[0]
        return flags & (IFF_UP | IFF_RUNNING) == IFF_UP | IFF_RUNNING

    def close(self) -> None:
        """Let the interface go."""
        self._socket.close()
