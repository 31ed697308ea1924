"""MQTT 3.1.1 packets, bytes in and bytes out: what a device needs of them, without any I/O.

Clause numbers are those of OASIS MQTT Version 3.1.1. Quality of service 2 is not spoken: nothing here asks for it.
"""

from firmware.wire.fields import Malformed

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 1, 2, 3, 4, 8, 9, 12, 13, 14

PING = b"\xc0\x00"
PONG = b"\xd0\x00"
GOODBYE = b"\xe0\x00"

SUBSCRIPTION_REFUSED = 0x80  # 3.9.3
_DUP = 8
_RETAIN = 1


def _two_bytes(number: int) -> bytes:
    return bytes((number >> 8, number & 255))


def _text(value: str) -> bytes:
    """1.5.3: two bytes of length, then UTF-8."""
    encoded = value.encode()
    if len(encoded) > 65535:
        raise ValueError("text of %d bytes: MQTT carries at most 65535" % len(encoded))
    return _two_bytes(len(encoded)) + encoded


def packet(first_byte: int, body: bytes) -> bytes:
    """Fixed header (2.2) and body in one piece, so that they leave in one write."""
    length = len(body)
    head = [first_byte]
    while length > 127:
        head.append(length & 127 | 128)
        length >>= 7
    head.append(length)
    return bytes(head) + body


def connect(
    client_id: str,
    user: str,
    password: str,
    keepalive_s: int,
    will_topic: str = "",
    will: bytes = b"",
    clean_session: bool = False,
) -> bytes:
    """CONNECT (3.1). The will, if its topic is given, is QoS 1 and retained. An empty ``user`` leaves both out."""
    flags = 2 if clean_session else 0
    payload = _text(client_id)
    if will_topic:
        flags |= 0x2C  # will flag, will QoS 1, will retain
        payload += _text(will_topic) + _two_bytes(len(will)) + will
    if user:
        flags |= 0xC0
        payload += _text(user) + _text(password)
    return packet(CONNECT << 4, b"\x00\x04MQTT\x04" + bytes((flags,)) + _two_bytes(keepalive_s) + payload)


def publish(topic: str, payload: bytes, packet_id: int = 0, retain: bool = False) -> bytes:
    """PUBLISH (3.3): QoS 1 when there is a ``packet_id`` (1 to 65535), else QoS 0."""
    first = PUBLISH << 4 | (2 if packet_id else 0) | (_RETAIN if retain else 0)
    return packet(first, _text(topic) + (_two_bytes(packet_id) if packet_id else b"") + payload)


def again(published: bytes) -> bytes:
    """The same PUBLISH marked as a repeat (DUP, 3.3.1.1)."""
    return bytes((published[0] | _DUP,)) + published[1:]


def puback(packet_id: int) -> bytes:
    """PUBACK (3.4)."""
    return b"\x40\x02" + _two_bytes(packet_id)


def subscribe(packet_id: int, filters: "list[tuple[str, int]]") -> bytes:
    """SUBSCRIBE (3.8): (topic filter, highest QoS) pairs."""
    body = _two_bytes(packet_id)
    for topic_filter, qos in filters:
        body += _text(topic_filter) + bytes((qos,))
    return packet(SUBSCRIBE << 4 | 2, body)


def read_connack(body: bytes) -> "tuple[bool, int]":
    """(session present, return code) of a CONNACK (3.2)."""
    if len(body) != 2 or body[0] > 1:
        raise Malformed("CONNACK", "2 bytes expected")
    return body[0] == 1, body[1]


def read_packet_id(body: bytes) -> int:
    """The packet id that a PUBACK or SUBACK answers."""
    if len(body) < 2 or body[:2] == b"\x00\x00":
        raise Malformed("packet id", "1 to 65535 expected")
    return body[0] << 8 | body[1]


def read_publish(flags: int, body: bytes) -> "tuple[str, bytes, int]":
    """(topic, payload, packet id or 0) of a PUBLISH (3.3)."""
    qos = flags >> 1 & 3
    at = (body[0] << 8 | body[1]) + 2 if len(body) > 1 else 0
    end = at + 2 if qos else at
    if at < 3 or end > len(body):
        raise Malformed("PUBLISH", "topic expected")
    if qos > 1:
        raise Malformed("PUBLISH", "QoS 0 or 1 expected")
    try:
        topic = str(body[2:at], "utf-8")
    except ValueError:  # UnicodeError is one
        raise Malformed("PUBLISH", "topic in UTF-8 expected")
    return topic, body[end:], read_packet_id(body[at:end]) if qos else 0


class Reader:
    """Cuts a stream into packets, whatever the pieces in which it comes.

    Of a packet longer than ``max_bytes`` only the start is kept (the rest is read past), so that one huge
    message costs neither memory nor the connection.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._buffer = b""
        self._skip = 0

    def feed(self, data: bytes) -> "list[tuple[int, int, bytes, bool]]":
        """(type, flags, body, is cut short) of each packet that is now complete; `Malformed` when it is not MQTT."""
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        buffer = self._buffer + data if self._buffer else data
        found = []
        at = 0
        while True:
            start, length = self._head(buffer, at)
            kept = min(length, self.max_bytes)
            if not start or len(buffer) < start + kept:
                break
            first = buffer[at]
            found.append((first >> 4, first & 15, buffer[start : start + kept], kept < length))
            at = start + length
            if at > len(buffer):
                self._skip = at - len(buffer)
                at = len(buffer)
        self._buffer = buffer[at:] if at else buffer
        return found

    def _head(self, buffer: bytes, at: int) -> "tuple[int, int]":
        """(where the body starts, its length), or (0, 0) while the header (2.2.3) is incomplete."""
        length = 0
        for i in range(at + 1, min(at + 5, len(buffer))):
            byte = buffer[i]
            length |= (byte & 127) << 7 * (i - at - 1)
            if byte < 128:
                return i + 1, length
        if len(buffer) - at > 4:
            raise Malformed("packet", "remaining length of at most 4 bytes expected")
        return 0, 0
