"""Sound over RTP: G.711 against a second source, the low-pass, the packets on a real multicast group, and faults."""

import asyncio
import math
import random
import socket
import struct
import warnings
from array import array
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.faults import PartFault
from drivers.linux.g711 import PCMA, PCMU, Halver, encoded, table
from drivers.linux.rtp_sound import RtpSound
from drivers.speaker import Speaker
from firmware.parts.speaker_rtp import make
from hub.speech import sound
from simulators.parts.rtp_receiver import NotRtp, RtpReceiver, decoded, parse
from tests.portable.clips import tone, write_clip

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    audioop = pytest.importorskip("audioop")  # the standard library's own G.711, gone from Python 3.13 on

GROUP = "224.168.168.168"
EVERY = array("h", range(-32768, 32768))


def sine(hz: float, length_s: float, height: float = 0.5) -> bytes:
    count = round(length_s * 16000)
    return array("h", [round(32767 * height * math.sin(math.tau * hz * at / 16000)) for at in range(count)]).tobytes()


@pytest.mark.parametrize(("payload_type", "oracle"), [(PCMA, "lin2alaw"), (PCMU, "lin2ulaw")])
def test_every_sample_is_encoded_as_a_second_source_does(payload_type: int, oracle: str) -> None:
    assert encoded(EVERY, payload_type) == getattr(audioop, oracle)(EVERY.tobytes(), 2)


@pytest.mark.parametrize(("payload_type", "oracle"), [(PCMA, "alaw2lin"), (PCMU, "ulaw2lin")])
def test_the_simulated_terminal_decodes_as_a_second_source_does(payload_type: int, oracle: str) -> None:
    codes = bytes(range(256))
    theirs = array("h", getattr(audioop, oracle)(codes, 2))
    assert decoded(codes, payload_type) == list(theirs)
    assert len(set(table(payload_type))) == 256 - (payload_type == PCMU)  # 0 has one code


def level(samples: "array[int]") -> float:
    return math.sqrt(sum(sample * sample for sample in samples) / len(samples))


@pytest.mark.parametrize(
    ("hz", "least_db", "most_db"),
    [
        (100, -0.1, 0.1),
        (1000, -0.1, 0.1),
        (3000, -0.5, 0.1),
        (3300, -3.0, 0.1),
        (4800, -math.inf, -60),
        (7000, -math.inf, -60),
    ],
)
def test_what_8_khz_cannot_carry_is_not_folded_into_it(hz: int, least_db: float, most_db: float) -> None:
    pcm = sine(hz, 0.25)
    halver = Halver()
    pieces = [halver.halved(pcm[at : at + 640]) for at in range(0, len(pcm), 640)]
    out = array("h", [sample for piece in pieces for sample in piece])
    assert len(out) == len(pcm) // 4
    change_db = sound.decibel(level(out[100:]) / level(array("h", pcm)))
    assert least_db <= change_db <= most_db


def test_clips_reach_the_terminals_packet_by_packet(tmp_path: Path) -> None:
    async def story() -> None:
        terminal = await RtpReceiver(GROUP, 0).open()
        port = RtpSound(GROUP, terminal.port, interface="127.0.0.1")
        speaker = Speaker(port, str(tmp_path))
        for name, hz in (("a", 500), ("b", 1500)):
            write_clip(str(tmp_path), f"cmn/{name}", sine(hz, 0.25))
        try:
            assert await speaker.play(["cmn/a", "cmn/b"])
            await asyncio.sleep(0.06)
            assert await speaker.play(["cmn/b"])
            async with asyncio.timeout(2):
                while len(terminal.samples) < 160 * (25 + 13):
                    await asyncio.sleep(0.01)
        finally:
            terminal.close()
            port.close()
        assert terminal.spurts == [0, 160 * 25]
        assert (terminal.lost, terminal.not_rtp) == (0, 0)
        assert len(terminal.gaps_ms) == 36
        terminal.write_wav(tmp_path / "heard.wav")
        heard, rate_hz = sound.read_wav(tmp_path / "heard.wav")
        assert rate_hz == 8000
        for first, hz in ((200, 500), (2200, 1500), (4200, 1500)):
            part = heard[first : first + 1600]
            rises = sum(1 for before, after in pairwise(part) if before < 0 <= after)
            assert abs(rises - hz / 5) <= 2
            assert abs(sound.decibel(sound.rms(part)) - sound.decibel(0.5 / math.sqrt(2))) < 0.3

    asyncio.run(story())


def test_packets_are_those_of_rfc_3551() -> None:
    async def story() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
            ear.bind(("127.0.0.1", 0))
            ear.settimeout(2)
            port = RtpSound("127.0.0.1", ear.getsockname()[1], payload_type=PCMU)
            await port.write(bytes(640 * 2))
            await port.drain()
            await port.write(bytes(2))
            await port.drain()
            packets = [ear.recv(2000) for _ in range(3)]
            port.close()
        assert {len(packet) for packet in packets} == {12 + 160}
        heads = [struct.unpack(">BBHII", packet[:12]) for packet in packets]
        assert [head[:2] for head in heads] == [(0x80, 0x80), (0x80, 0), (0x80, 0x80)]
        first = heads[0]
        assert heads[1][2:] == ((first[2] + 1) % 65536, (first[3] + 160) % 2**32, first[4])
        assert heads[2][2] == (first[2] + 2) % 65536
        assert packets[0][12:] == b"\xff" * 160

    asyncio.run(story())


def test_a_network_that_is_away_is_told_in_time_and_it_goes_on_when_it_is_back(tmp_path: Path) -> None:
    async def story() -> None:
        write_clip(str(tmp_path), "cmn/a", tone(1, 20))
        port = RtpSound(GROUP, 34567, interface="192.0.2.1")  # an address that no card here has (RFC 5737)
        speaker = Speaker(port, str(tmp_path))
        watching = asyncio.create_task(port.watch())
        try:
            assert await asyncio.wait_for(port.health.changed(""), 2) == "unplugged"
            with pytest.raises(PartFault, match="check the network cable"):
                await speaker.play(["cmn/a"])
            port.interface = "127.0.0.1"  # the cable is back
            assert await asyncio.wait_for(port.health.changed("unplugged"), 2) == ""
            assert await speaker.play(["cmn/a"])
        finally:
            watching.cancel()
            port.close()

    asyncio.run(story())


@settings(max_examples=200, deadline=None)
@given(st.integers(), st.sampled_from([b"\x80\x08", b"\xb1\x80", b"\x90\x00", b"\xa0\x08", b""]))
def test_any_bytes_are_a_packet_or_none(seed: int, head: bytes) -> None:
    """500 inputs an example, 100,000 in all."""
    dice = random.Random(seed)
    for _ in range(500):
        data = head + dice.randbytes(dice.randrange(40))
        try:
            packet = parse(data)
        except NotRtp:
            continue
        assert len(packet.payload) <= len(data) - 12
        assert len(decoded(packet.payload, packet.payload_type)) == len(packet.payload)


def test_a_terminal_measures_what_is_lost_late_and_uneven() -> None:
    terminal = RtpReceiver(GROUP, 0)
    for sequence, at_ms in ((65534, 0), (65535, 20), (1, 90), (0, 95), (1, 96), (2, 100)):
        stamp = (sequence + 2 & 0xFFFF) * 160
        packet = struct.pack(">BBHII", 0x80, PCMA, sequence, stamp, 1) + bytes(160)
        terminal.heard(parse(packet), at_ms / 1000)
    assert (terminal.lost, terminal.late, len(terminal.samples)) == (1, 2, 160 * 4)
    assert terminal.jitter_ms == pytest.approx((30 - 0) / 16 * 15 / 16 + 10 / 16)
    assert max(terminal.gaps_ms) == pytest.approx(70)


def test_a_profile_makes_it_and_the_site_says_to_which_group(tmp_path: Path) -> None:
    row = {"group": GROUP, "port": 34567, "ttl": 2, "interface": "127.0.0.1", "law": "u", "clips": str(tmp_path)}
    plain = make(row, {"settings": {}})
    assert (plain.folder, plain.port.to, plain.port.payload_type) == (str(tmp_path), (GROUP, 34567), PCMU)
    own = make(row, {"settings": {"multicast": "239.1.2.3:16000", "clips": "/own"}})
    assert (own.folder, own.port.to) == ("/own", ("239.1.2.3", 16000))
