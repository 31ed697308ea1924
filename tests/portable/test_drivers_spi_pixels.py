"""A chain of APA102 LEDs: bytes on the wire."""

from drivers.micropython.spi_pixels import LIMIT, SpiPixels
from drivers.panel import Panel
from tests.portable.bench import error_of, play


class Wire:
    """What `machine.SPI` is, as far as a chain needs it."""

    def __init__(self):
        self.sent = []

    def write(self, data):
        self.sent.append(bytes(data))


def leds(frame, count):
    """(brightness byte, blue, green, red) of each LED along the chain."""
    return [tuple(frame[4 + 4 * at : 8 + 4 * at]) for at in range(count)]


def test_a_frame_begins_with_zeros_and_ends_with_a_clock_for_every_two_leds():
    wire = Wire()
    SpiPixels(wire, 8, 5, brightness=31).show()
    frame = wire.sent[0]
    assert frame[:4] == b"\0\0\0\0"
    assert set(leds(frame, 40)) == {(0xFF, 0, 0, 0)}
    tail = frame[4 + 4 * 40 :]
    assert tail == bytes(len(tail))
    assert len(tail) * 8 >= 20 + 32  # half a clock for each LED; an SK9822 wants a start frame before it shows


def test_rows_run_back_and_forth_in_a_serpentine():
    wire = Wire()
    port = SpiPixels(wire, 3, 2, is_serpentine=True, brightness=1)
    port.row(0, 0, b"\x01\x02\x03\x04\x05\x06\x07\x08\x09")
    port.row(1, 1, b"\x0a\x0b\x0c")
    assert wire.sent == []
    port.show()
    assert [led[1:] for led in leds(wire.sent[0], 6)] == [
        (3, 2, 1),
        (6, 5, 4),
        (9, 8, 7),
        (0, 0, 0),
        (12, 11, 10),
        (0, 0, 0),
    ]


def test_rows_run_all_the_same_way_otherwise():
    wire = Wire()
    port = SpiPixels(wire, 3, 2, is_serpentine=False)
    port.row(2, 1, b"\x0a\x0b\x0c")
    port.show()
    assert leds(wire.sent[0], 6)[5] == (0xE8, 12, 11, 10)


def test_a_region_of_a_panel_comes_out_of_the_chain():
    wire = Wire()
    Panel(SpiPixels(wire, 4, 1), 4, 1).draw(0, 4, 1, [0x112233, 0, 0xFF0000], b"\xc5")  # 1, 1, 0, 3
    assert [led[1:] for led in leds(wire.sent[0], 4)] == [
        (0x33, 0x22, 0x11),
        (0x33, 0x22, 0x11),
        (0, 0, 0),
        (0, 0, 0xFF),
    ]


def test_what_is_too_long_for_a_chain_is_refused():
    for width_px, height_px in ((LIMIT + 1, 1), (0, 16), (3200, 128)):
        assert "receiving cards" in str(error_of(ValueError, SpiPixels, Wire(), width_px, height_px))


def test_light_dims_the_chain_at_once_and_zero_is_dark():
    wire = Wire()
    port = SpiPixels(wire, 2, 1, brightness=20)
    port.row(0, 0, b"\xff\xff\xff\x01\x02\x03")
    for percent, level in ((50, 10), (1, 1), (0, 0), (100, 20)):
        port.light(percent)
        assert [led[0] for led in leds(wire.sent[-1], 2)] == [0xE0 | level] * 2
        assert leds(wire.sent[-1], 2)[1][1:] == (3, 2, 1)


def test_self_test_shows_plain_colours_and_then_what_was_there():
    wire = Wire()
    port = SpiPixels(wire, 4, 2, brightness=9)
    port.row(0, 0, b"\x01\x02\x03")
    panel = Panel(port, 4, 2)
    said = []

    async def story():
        said.append(await panel.self_test(0))

    play(story)
    whole = b"".join(wire.sent)
    size = len(port._frame)
    frames = [whole[at : at + size] for at in range(0, len(whole), size)]
    seen = [set(leds(frame, 8)) for frame in frames[:4]]
    level = 0xE0 | 9
    assert seen == [
        {(level, 0, 0, 255)},
        {(level, 0, 255, 0)},
        {(level, 255, 0, 0)},
        {(level, 255, 255, 255)},
    ]
    assert leds(frames[4], 8)[0] == (level, 3, 2, 1)
    assert len(frames) == 5
    assert said == ["8 LEDs were told red, green, blue, white"]
