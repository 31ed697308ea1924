"""MQTT packets byte by byte (examples of OASIS MQTT 3.1.1), and what the reader does with any bytes."""

from firmware.wire import packets
from firmware.wire.fields import Malformed
from tests.portable.bench import Dice, error_of


def test_connect_says_who_and_leaves_a_last_will():
    made = packets.connect("help-1", "help-1", "geheim", 15, "a/state", b"gone")
    assert made == (
        b"\x10\x31\x00\x04MQTT\x04\xec\x00\x0f\x00\x06help-1\x00\x07a/state\x00\x04gone\x00\x06help-1\x00\x06geheim"
    )


def test_connect_without_user_and_will():
    assert packets.connect("x", "", "", 258, clean_session=True) == b"\x10\x0d\x00\x04MQTT\x04\x02\x01\x02\x00\x01x"


def test_publish_of_both_qualities():
    assert packets.publish("a/b", b"\xe5\x8f\xb7") == b"\x30\x08\x00\x03a/b\xe5\x8f\xb7"
    assert packets.publish("a/b", b"p", 513, True) == b"\x33\x08\x00\x03a/b\x02\x01p"


def test_a_repeat_differs_in_the_dup_flag_only():
    first = packets.publish("a/b", b"p", 7)
    assert packets.again(first) == b"\x3a" + first[1:]


def test_subscribe_and_puback():
    assert packets.subscribe(10, [("a/b", 1), ("c/+", 0)]) == b"\x82\x0e\x00\x0a\x00\x03a/b\x01\x00\x03c/+\x00"
    assert packets.puback(4660) == b"\x40\x02\x12\x34"


def test_length_takes_one_byte_more_at_128_and_16384():
    assert packets.packet(0x30, bytes(127))[:2] == b"\x30\x7f"
    assert packets.packet(0x30, bytes(128))[:3] == b"\x30\x80\x01"
    assert packets.packet(0x30, bytes(16384))[:4] == b"\x30\x80\x80\x01"


def test_reader_cuts_the_stream_whatever_the_pieces():
    sent = [packets.publish("t", bytes([65 + n]) * n * 37, n) for n in range(1, 9)] + [packets.PONG]
    stream = b"".join(sent)
    for size in (1, 2, 3, 7, 64, 1000, len(stream)):
        reader = packets.Reader(4000)
        found = []
        for at in range(0, len(stream), size):
            found += reader.feed(stream[at : at + size])
        assert [packets.packet(kind << 4 | flags, body) for kind, flags, body, _ in found] == sent
        assert not [1 for found_packet in found if found_packet[3]]


def test_of_a_huge_packet_the_start_is_kept_and_the_next_packet_is_whole():
    stream = packets.publish("topic", b"x" * 5000, 9) + packets.PONG
    for size in (1, 50, 2000, len(stream)):
        reader = packets.Reader(100)
        found = []
        for at in range(0, len(stream), size):
            found += reader.feed(stream[at : at + size])
        assert [(kind, len(body), is_cut) for kind, _, body, is_cut in found] == [(3, 100, True), (13, 0, False)]
        assert packets.read_publish(found[0][1], found[0][2])[2] == 9


def test_a_published_message_is_read_as_it_was_sent():
    for packet_id in (0, 1, 65535):
        made = packets.publish("大厅/1", b'{"a":1}', packet_id)
        ((kind, flags, body, _),) = packets.Reader(1000).feed(made)
        assert kind == packets.PUBLISH
        assert packets.read_publish(flags, body) == ("大厅/1", b'{"a":1}', packet_id)


def test_what_is_not_mqtt_is_malformed():
    error_of(Malformed, packets.Reader(100).feed, b"\x30\xff\xff\xff\xff\x01")
    for flags, body in ((0, b""), (0, b"\x00"), (0, b"\x00\x00x"), (0, b"\x00\x09abc"), (2, b"\x00\x01a\x00")):
        error_of(Malformed, packets.read_publish, flags, body)
    error_of(Malformed, packets.read_publish, 2, b"\x00\x01a\x00\x00payload")  # packet id 0
    error_of(Malformed, packets.read_publish, 4, b"\x00\x01a\x00\x01payload")  # QoS 2
    error_of(Malformed, packets.read_publish, 0, b"\x00\x02\xff\xfepayload")  # not UTF-8
    error_of(Malformed, packets.read_connack, b"\x00")
    error_of(Malformed, packets.read_connack, b"\x02\x00")
    error_of(Malformed, packets.read_packet_id, b"\x00")


def test_any_bytes_give_packets_or_malformed_and_nothing_else():
    dice = Dice(20261122)
    good = packets.publish("hall/v1/x", b'{"seq":1}', 7) + packets.PONG + packets.puback(3)
    read = 0
    for _ in range(1500):
        reader = packets.Reader(200)
        data = dice.spoil(good) if dice.below(2) else dice.some_bytes(60)
        try:
            for kind, flags, body, _ in reader.feed(data):
                if kind == packets.PUBLISH:
                    packets.read_publish(flags, body)
                elif kind == packets.CONNACK:
                    packets.read_connack(body)
                else:
                    packets.read_packet_id(body)
                read += 1
        except Malformed:
            pass
    assert read > 300
