"""The clip bank, built for real: ten announcements measured for gaps, level and clipping; its faults, said plainly."""

import asyncio
import json
import math
import os
import shutil
import subprocess
import sys
import wave
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from drivers.speaker import Speaker
from hub.engine.phrases import CALL
from hub.engine.state import Announcement
from hub.site_file import load
from hub.speech import sound
from hub.speech.clip_bank import BankError, all_clips, build, join, main, manifest, wav
from hub.speech.phrase import CHIME, PAUSE, clips
from hub.speech.synthesiser import Synthesiser
from simulators.parts.wav_port import WavPort
from tests.engine.small_site import small_plan
from tests.system.small_site import small_site

QUIET_DB = -45.0  # 25 dB below the clips: in a hall this is silence
LONGEST_GAP_S = 0.030

TEN = (
    *(("call", number, window, language) for number, window, language in (
        ("A001", 1, "zh"),
        ("HA001", 3, "zh"),
        ("B128", 12, "yue"),
        ("C999", 20, "en"),
        ("GB077", 26, "zh"),
        ("ZX405", 31, "en"),
        ("Q316", 99, "yue"),
        ("WF250", 8, "en"),
    )),
    ("closing-soon", "", 0, "zh"),
    ("keep-quiet", "", 0, "en"),
)  # fmt: skip


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_spec("espeakng_loader") is None and "CI" not in os.environ:
        pytest.skip("espeakng-loader is not installed")
    folder = tmp_path_factory.mktemp("clips")
    build(folder)
    return folder


def _names(phrase: str, number: str, window: int, language: str) -> list[str]:
    announcement = Announcement(
        id="1",
        channel="pa",
        phrase=phrase,
        priority=3,
        expires_at_ms=1,
        number=number,
        window=window,
        language=language,
    )
    return clips(small_plan(), announcement)[0]


# Ten announcements, as an amplifier plays them.


@pytest.mark.parametrize("announcement", TEN, ids=lambda a: f"{a[0]}-{a[1]}")
def test_an_announcement_has_no_gaps_one_level_and_no_clipping(
    bank: Path, announcement: tuple[str, str, int, str]
) -> None:
    names = _names(*announcement)
    joined = sound.from_pcm(join(bank, names))
    seams = _seams(bank, names)
    assert seams[-1] == len(joined)
    assert _longest_gap_s(joined, names, seams) < LONGEST_GAP_S
    parts = [joined[start:end] for start, end in zip([0, *seams], seams, strict=False)]
    levels = [sound.decibel(sound.rms(part)) for name, part in zip(names, parts, strict=True) if name != PAUSE]
    assert max(levels) - min(levels) <= 1.0
    assert sound.decibel(max(map(abs, joined))) < -1.0


@pytest.mark.alone
def test_ten_announcements_are_heard_as_they_were_joined(bank: Path, tmp_path: Path) -> None:
    """All ten at once, twice as fast as life: the samples of the speaker's WAV are those measured above, none late.

    A machine that stood still is given another try; a gap of ours would be there each time.
    """

    expected = [join(bank, _names(*what)) for what in TEN]

    async def heard(number: int, names: list[str]) -> None:
        port = WavPort(str(tmp_path / str(number)), speed=2, keep=1)
        for _ in range(3):
            assert await Speaker(port, str(bank)).play(names)
            with wave.open(str(tmp_path / str(number) / "heard-000.wav")) as file:
                assert file.readframes(file.getnframes()) == expected[number]
            if not port.gaps:
                return
        raise AssertionError(f"announcement {number} was late three times: {port.gaps}")

    async def all_ten() -> None:
        await asyncio.gather(*(heard(number, _names(*what)) for number, what in enumerate(TEN)))

    asyncio.run(all_ten())


def test_no_call_whatever_its_number_and_window_can_have_a_longer_gap(bank: Path) -> None:
    """Not only those ten: the quiet end of any clip and the quiet beginning of any other of its language."""
    before_ms: dict[str, int] = {}
    behind_ms: dict[str, int] = {}
    for name in all_clips().keys() - {PAUSE, CHIME}:
        language = name.partition("/")[0]
        samples, _ = sound.read_wav(wav(bank, name))
        runs = sound.quiet_runs(samples, QUIET_DB, frame_ms=1)
        length_s = len(samples) / sound.RATE_HZ
        first = max((1000 * end for start, end in runs if start == 0), default=0)
        last = max((1000 * (length_s - start) for start, end in runs if end >= length_s - 0.001), default=0)
        before_ms[language] = max(before_ms.get(language, 0), round(first))
        behind_ms[language] = max(behind_ms.get(language, 0), round(last))
    assert before_ms.keys() == {"cmn", "yue", "en"}
    assert all(5 <= before_ms[language] + behind_ms[language] < 1000 * LONGEST_GAP_S for language in before_ms)


def test_a_gap_would_be_found(bank: Path) -> None:
    """The measure measures: 40 ms of silence between two clips is reported as such."""
    names = _names(CALL, "A001", 1, "zh")
    seams = _seams(bank, names)
    joined = sound.from_pcm(join(bank, names))
    joined[seams[2] : seams[2]] = [0.0] * (sound.RATE_HZ * 40 // 1000)
    assert _longest_gap_s(joined, names, seams) >= 0.040


# The clips.


def test_every_clip_has_sound_and_a_length_that_its_words_need(bank: Path) -> None:
    for name, clip in manifest(bank).items():
        language, _, kind = name.partition("/")
        if language in ("cmn", "yue"):
            syllables = sum(character > "\u4e00" for character in clip.text) or 1
            assert 130 <= clip.length_ms / syllables <= 650, (name, clip)
        elif language == "en":
            assert clip.length_ms >= 200 + 20 * len(clip.text) * kind.startswith("phrase"), (name, clip)


def test_no_two_clips_of_a_language_sound_the_same(bank: Path) -> None:
    """A voice that cannot say a character says nothing or always the same."""
    hashes: dict[str, str] = {}
    for name, clip in manifest(bank).items():
        other = hashes.setdefault(clip.sha256, name)
        assert other == name, f"{name} and {other} are the same sound"


def test_clips_are_16_khz_mono_16_bit(bank: Path) -> None:
    for name in all_clips():
        with wave.open(str(wav(bank, name)), "rb") as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2), name


def test_building_again_makes_only_what_is_damaged(bank: Path) -> None:
    before = manifest(bank)
    damaged, lost = wav(bank, "cmn/qing"), wav(bank, "en/number")
    untouched = wav(bank, "yue/qing").stat().st_mtime_ns
    damaged.write_bytes(b"RIFF")
    lost.unlink()
    assert build(bank) == before
    assert wav(bank, "yue/qing").stat().st_mtime_ns == untouched


def test_the_same_words_are_the_same_bytes_whatever_was_said_before(bank: Path) -> None:
    """Amplifiers are synced by hash, so a bank that is built elsewhere must be this one."""
    with Synthesiser() as first, Synthesiser() as second:
        first.say("en", "something else", 145)
        assert first.say("cmn", "请", 145) == second.say("cmn", "请", 145)


def test_the_command_says_what_it_made(bank: Path) -> None:
    result = CliRunner().invoke(main, [str(bank)])
    assert result.exit_code == 0
    assert f"{len(all_clips())} clips" in result.output


# Recordings instead of a synthesiser.


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person's voice, as far as numbers can tell: different levels, silence around, one in stereo at 44.1 kHz."""
    folder = tmp_path_factory.mktemp("recordings")
    for number, name in enumerate(all_clips()):
        rate_hz, channels = (44100, 2) if name == "cmn/qing" else (16000, 1)
        samples = [math.sin(math.tau * 440 * at / rate_hz) for at in range(rate_hz // 20)]
        silence = [0.0] * (rate_hz // 20)
        level = 0.05 * (1 + number % 7)
        _record(wav(folder, name), [*silence, *(level * s for s in samples), *silence], rate_hz, channels)
    return folder


def test_a_bank_of_recordings_needs_no_synthesiser(recordings: Path, tmp_path: Path) -> None:
    made = build(tmp_path, recordings)
    assert all(clip.source.startswith("recording") for name, clip in made.items() if name != PAUSE)
    assert made["cmn/qing"].length_ms == pytest.approx(50, abs=25), "the silence is cut off"
    samples, rate_hz = sound.read_wav(wav(tmp_path, "cmn/qing"))
    rises = sum(a < 0 <= b for a, b in pairwise(samples))
    assert rate_hz == 16000
    assert rises / (len(samples) / rate_hz) == pytest.approx(440, rel=0.1)
    assert sound.decibel(sound.rms(samples)) == pytest.approx(sound.LEVEL_DB, abs=0.1)


def test_a_new_recording_replaces_its_clip_only(recordings: Path, tmp_path: Path) -> None:
    before = build(tmp_path, recordings)
    own = tmp_path / "own"
    for name in all_clips():
        wav(own, name).parent.mkdir(parents=True, exist_ok=True)
        wav(own, name).write_bytes(wav(recordings, name).read_bytes())
    _record(wav(own, "cmn/qing"), [0.4 * math.sin(at / 5) for at in range(4000)], rate_hz=16000)
    after = build(tmp_path, own)
    assert {name for name in after if after[name] != before[name]} == {"cmn/qing"}


def test_the_words_of_a_sites_own_wording_are_in_its_bank(recordings: Path, tmp_path: Path) -> None:
    own, site = tmp_path / "own", tmp_path / "site.toml"
    shutil.copytree(recordings, own)
    site.write_text(small_site({}, 'call_wording = "{number}号，劳驾到{window}号台"\n'), encoding="utf-8")
    settings = load(site).settings
    parts = {name: text for name, text in all_clips(settings).items() if name not in all_clips()}
    assert sorted(set(parts.values())) == ["号台", "号，劳驾到"]
    for name in parts:
        shutil.copyfile(wav(recordings, "cmn/qing"), wav(own, name))
    done = CliRunner().invoke(main, [str(tmp_path / "bank"), "--recordings", str(own), "--site", str(site)])
    assert done.exit_code == 0, done.output
    plan = msgspec.structs.replace(small_plan(), settings=settings)
    names, text = clips(
        plan, Announcement(id="1", channel="pa", phrase=CALL, priority=3, expires_at_ms=1, number="A001", window=3)
    )
    assert text == "A001号，劳驾到3号台"
    assert join(tmp_path / "bank", names)


def test_a_recording_without_sound_names_the_clip(tmp_path: Path) -> None:
    _record(wav(tmp_path / "own", CHIME), [0.0] * 8000)
    with pytest.raises(BankError, match=r"common/chime.*no sound in it; record it"):
        build(tmp_path / "bank", tmp_path / "own")


def test_a_recording_of_another_kind_says_how_to_save_it(tmp_path: Path) -> None:
    path = wav(tmp_path / "own", CHIME)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"ID3\x04 not a WAV at all")
    with pytest.raises(BankError, match="save it as WAV, 16 bit"):
        build(tmp_path / "bank", tmp_path / "own")


def test_half_a_bank_says_how_to_finish_it(tmp_path: Path) -> None:
    with pytest.raises(BankError, match=r"151 clips are missing.*run python -m hub\.speech\.clip_bank"):
        manifest(tmp_path)


# The synthesiser's process.


def test_a_machine_without_espeak_is_told_of_recordings() -> None:
    without = "import sys; sys.modules['espeakng_loader'] = None; from hub.speech.espeak import main; sys.exit(main())"
    ended = subprocess.run([sys.executable, "-c", without], capture_output=True, check=False, timeout=30)
    assert ended.returncode == 1
    said = json.loads(ended.stdout)["error"]
    assert "pip install espeakng-loader" in said
    assert "--recordings" in said


def test_the_process_goes_on_after_what_it_cannot_say(bank: Path) -> None:
    asked = [
        b'{"voice": "nobody", "text": "hello", "words_per_min": 145}\n',
        b"{broken\n",
        '{"voice": "cmn", "text": "请", "words_per_min": 145}\n'.encode(),
    ]
    command = [sys.executable, "-m", "hub.speech.espeak"]
    ended = subprocess.run(command, input=b"".join(asked), capture_output=True, check=True, timeout=30)
    lines = ended.stdout.split(b"\n", 4)
    assert "rate_hz" in json.loads(lines[0])
    assert "no voice 'nobody'" in json.loads(lines[1])["error"]
    assert "error" in json.loads(lines[2])
    assert json.loads(lines[3])["bytes"] == len(lines[4]) > 10_000


def _record(path: Path, samples: list[float], rate_hz: int = 16000, channels: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        frames = (round(sample * 32767).to_bytes(2, "little", signed=True) * channels for sample in samples)
        file.writeframes(b"".join(frames))


def _seams(bank: Path, names: list[str]) -> list[int]:
    """Where each clip ends, in samples."""
    ends, at = [], 0
    for name in names:
        at += len(sound.read_wav(wav(bank, name))[0])
        ends.append(at)
    return ends


def _longest_gap_s(joined: list[float], names: list[str], seams: list[int]) -> float:
    """The longest silence that lies over a seam between two clips that are meant to follow at once."""
    meant = [seam for seam, name, after in zip(seams, names, names[1:], strict=False) if PAUSE not in (name, after)]
    gaps = [
        end - start
        for start, end in sound.quiet_runs(joined, QUIET_DB)
        if any(start <= seam / sound.RATE_HZ + 0.005 and seam / sound.RATE_HZ - 0.005 <= end for seam in meant)
    ]
    return max(gaps, default=0.0)
