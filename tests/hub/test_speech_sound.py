"""Sound as numbers: resampling keeps what can be heard and removes what cannot, levels are exact, ends are cut."""

import math

import pytest

from hub.speech import sound


def tone(pitch_hz: float, rate_hz: int, length_s: float = 0.2, level: float = 0.5) -> list[float]:
    return [level * math.sin(math.tau * pitch_hz * at / rate_hz) for at in range(round(rate_hz * length_s))]


def middle(samples: list[float]) -> list[float]:
    return samples[len(samples) // 4 : -len(samples) // 4]


@pytest.mark.parametrize("from_hz", [8000, 22050, 24000, 44100, 48000])
def test_resampling_keeps_a_tone(from_hz: int) -> None:
    resampled = sound.resampled(tone(1000, from_hz), from_hz, 16000)
    wanted = tone(1000, 16000)
    assert abs(len(resampled) - len(wanted)) <= 1
    error = [a - b for a, b in zip(middle(resampled), middle(wanted), strict=False)]
    assert sound.decibel(sound.rms(error)) < -60


@pytest.mark.parametrize("pitch_hz", [9000, 10000, 10900])
def test_resampling_removes_what_would_be_folded_back(pitch_hz: int) -> None:
    folded = sound.resampled(tone(pitch_hz, 22050), 22050, 16000)
    assert sound.decibel(sound.rms(middle(folded))) < -60


def test_the_same_rate_changes_nothing() -> None:
    assert sound.resampled([0.1, 0.2], 16000, 16000) == [0.1, 0.2]


def test_silence_is_cut_off_and_the_sound_is_kept() -> None:
    quiet = [0.0005] * 3200
    cut = sound.trimmed([*quiet, *tone(300, 16000), *quiet], 16000)
    assert len(cut) / 16000 == pytest.approx(0.2, abs=0.025)
    assert cut[0] == cut[-1] == 0


def test_nothing_is_left_of_silence() -> None:
    assert sound.trimmed([0.0] * 1600, 16000) == []
    assert sound.trimmed([], 16000) == []


@pytest.mark.parametrize("level", [0.001, 0.1, 0.99])
def test_every_clip_gets_the_same_level(level: float) -> None:
    scaled = [value / sound.FULL for value in sound.levelled(tone(300, 16000, level=level))]
    assert sound.decibel(sound.rms(scaled)) == pytest.approx(sound.LEVEL_DB, abs=0.02)


def test_a_peaky_clip_is_bent_not_clipped() -> None:
    clicks = [0.9 * math.exp(-(at % 800) / 6) for at in range(8000)]
    levelled = sound.levelled(clicks)
    assert sound.decibel(max(map(abs, levelled)) / sound.FULL) < sound.PEAK_DB + 0.01
    assert levelled.count(max(levelled)) < 20, "a flat top is clipping"


def test_the_chime_is_two_bells_that_end() -> None:
    chime = sound.chime()
    rate = sound.RATE_HZ
    assert sound.rms(chime[: rate // 10]) > 10 * sound.rms(chime[-rate // 10 :])
    assert sound.rms(chime[round(0.42 * rate) :][: rate // 10]) > sound.rms(chime[round(0.3 * rate) :][: rate // 10])


def test_a_quiet_stretch_is_measured() -> None:
    samples = [*tone(300, 16000), *[0.0] * 800, *tone(300, 16000)]
    ((start, end),) = sound.quiet_runs(samples, -45)
    assert (start, end) == (pytest.approx(0.2, abs=0.005), pytest.approx(0.25, abs=0.005))


def test_pcm_goes_there_and_back() -> None:
    pcm = bytes([0, 0, 255, 127, 0, 128, 1, 0])
    samples = sound.from_pcm(pcm)
    assert samples == [0.0, 32767 / 32768, -1.0, 1 / 32768]
    assert sound.from_pcm(pcm, channels=2) == [pytest.approx(32767 / 65536), pytest.approx((-1 + 1 / 32768) / 2)]
