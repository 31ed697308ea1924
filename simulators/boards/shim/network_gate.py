"""The socket module of the board: the built-in one, behind a network cable that can be pulled."""

# mypy: ignore-errors
import socket
import sys

import far
import layout

_EHOSTUNREACH = 113


class _Gate:
    """Stands for the module `socket`; what it does not gate comes from there."""

    def __getattr__(self, name):
        return getattr(socket, name)

    def socket(self, *args):
        """A new socket; OSError EHOSTUNREACH while the cable is out."""
        if not far.mem[layout.NETWORK]:
            raise OSError(_EHOSTUNREACH)
        return socket.socket(*args)

    def getaddrinfo(self, host, *more):
        """OSError -2 (name not known) while the cable is out. Names in ``.test`` (RFC 6761) are the building's."""
        if not far.mem[layout.NETWORK]:
            raise OSError(-2)
        return socket.getaddrinfo("127.0.0.1" if host.endswith(".test") else host, *more)


def install():
    """From now on ``import socket`` gives the gate."""
    sys.modules["socket"] = _Gate()
