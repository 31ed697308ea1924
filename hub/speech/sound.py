"""Sound as numbers: resampling, trimming, levelling of clips, the chime, WAV in and out. Pure but for the files.

A clip is 16 kHz, mono, signed 16 bit. Clips are joined without a gap, so each is cut to its sound and all are made
equally loud (the same root mean square): then a number put together from ten of them sounds like one voice.
"""

import math
import wave
from array import array
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from operator import mul
from pathlib import Path

RATE_HZ = 16000
FULL = 32768.0  # full scale

LEVEL_DB = -20.0  # root mean square of every clip, dB of full scale: leaves the peaks of speech below the limit
PEAK_DB = -1.5  # no sample louder: the amplifier's own filters may add a little

_FRAME_S = 0.005
_QUIET_DB = -30.0  # of the loudest frame: what is quieter at either end is not heard in a hall
_KEEP_BEFORE_S, _KEEP_AFTER_S = 0.012, 0.005  # of it all the same: a soft h or f begins there
_FADE_S = 0.004  # so that nothing clicks

_ZERO_CROSSINGS = 12  # of the sinc on each side
_PASS = (
    0.94  # of the lower of the two half rates: what lies above is folded back by no more than the window lets through
)

Samples = Sequence[float]  # full scale is ±1


def resampled(samples: Samples, from_hz: int, to_hz: int) -> list[float]:
    """``samples`` at another rate: a sinc under a Hann window, its fractional positions worked out once.

    Interpolating linearly would be shorter and would fold what espeak says above 8 kHz, its s, c and q, into audible
    noise; the windowed sinc removes it first.
    """
    if from_hz == to_hz:
        return list(samples)
    kernels, down = _kernels(from_hz, to_hz)
    half = len(kernels[0]) // 2
    padded = [0.0] * half + list(samples) + [0.0] * (half + 1)
    result = []
    for number in range(len(samples) * len(kernels) // down):
        at, phase = divmod(number * down, len(kernels))
        result.append(sum(map(mul, kernels[phase], padded[at : at + 2 * half + 1])))
    return result


@cache
def _kernels(from_hz: int, to_hz: int) -> tuple[list[list[float]], int]:
    """The taps for each phase between two input samples, and how many phases on the next output sample is."""
    common = math.gcd(from_hz, to_hz)
    up, down = to_hz // common, from_hz // common
    cut = _PASS * min(1.0, to_hz / from_hz)  # in parts of the source's half rate
    half = math.ceil(_ZERO_CROSSINGS / cut)
    return [_kernel(phase / up, cut, half) for phase in range(up)], down


def _kernel(fraction: float, cut: float, half: int) -> list[float]:
    """The taps for an output sample ``fraction`` of the way between two input samples; they add up to 1."""
    taps = []
    for offset in range(-half, half + 1):
        x = offset - fraction
        window = 0.5 + 0.5 * math.cos(math.pi * x / (half + 1))
        angle = math.pi * x * cut
        taps.append(window * (math.sin(angle) / angle if angle else 1.0))
    total = sum(taps)
    return [tap / total for tap in taps]


def trimmed(samples: Samples, rate_hz: int) -> list[float]:
    """Without the silence before and after, faded in and out over a few milliseconds. Empty when there is no sound."""
    frame = max(1, round(rate_hz * _FRAME_S))
    levels = [rms(samples[at : at + frame]) for at in range(0, len(samples), frame)]
    least = max(levels, default=0.0) * _ratio(_QUIET_DB)
    loud = [number for number, level in enumerate(levels) if level > least]
    if not loud:
        return []
    first = max(0, loud[0] * frame - round(rate_hz * _KEEP_BEFORE_S))
    last = min(len(samples), (loud[-1] + 1) * frame + round(rate_hz * _KEEP_AFTER_S))
    cut = list(samples[first:last])
    fade = min(round(rate_hz * _FADE_S), len(cut) // 2)
    for at in range(fade):
        cut[at] *= at / fade
        cut[-1 - at] *= at / fade
    return cut


def levelled(samples: Samples) -> "array[int]":
    """At `LEVEL_DB`, as 16-bit samples. Peaks above `PEAK_DB` are bent below it, not cut off."""
    loudness = rms(samples)
    if not loudness:
        return array("h", bytes(2 * len(samples)))
    bent = _amplified(samples, _ratio(LEVEL_DB) / loudness)
    exact = _amplified(bent, _ratio(LEVEL_DB) / rms(bent))  # bending took a little
    return array("h", [round(sample * (FULL - 1)) for sample in exact])


def _amplified(samples: Samples, gain: float) -> list[float]:
    """``gain`` times as loud; what is above 70 % of the limit grows ever less towards it."""
    limit = _ratio(PEAK_DB)
    knee = 0.7 * limit
    room = limit - knee
    louder = [sample * gain for sample in samples]
    return [
        sample
        if -knee <= sample <= knee
        else math.copysign(knee + room * math.tanh((abs(sample) - knee) / room), sample)
        for sample in louder
    ]


def rms(samples: Samples) -> float:
    """Root mean square, in the unit of the samples."""
    return math.sqrt(sum(map(mul, samples, samples)) / len(samples)) if samples else 0.0


def decibel(ratio: float) -> float:
    """20 log₁₀, and minus infinity for nothing."""
    return 20 * math.log10(ratio) if ratio > 0 else -math.inf


def _ratio(db: float) -> float:
    return math.pow(10.0, db / 20)


def chime() -> list[float]:
    """Two soft bells, a major third down (E5, C5), that ask for attention before an announcement."""
    first, second, length_s = 659.26, 523.25, 1.6
    bells = ((0.0, first), (0.42, second))
    return [
        sum(_bell(number / RATE_HZ - start_s, pitch_hz) for start_s, pitch_hz in bells)
        for number in range(round(length_s * RATE_HZ))
    ]


def _bell(at_s: float, pitch_hz: float) -> float:
    if at_s < 0:
        return 0.0
    tone = math.tau * pitch_hz * at_s
    strike = min(1.0, at_s / 0.004)  # no click
    return strike * (
        math.exp(-5.0 * at_s) * math.sin(tone)
        + 0.35 * math.exp(-7.0 * at_s) * math.sin(2 * tone)
        + 0.12 * math.exp(-9.0 * at_s) * math.sin(3 * tone)
    )


def silence(length_ms: int) -> "array[int]":
    return array("h", bytes(2 * RATE_HZ * length_ms // 1000))


def from_pcm(pcm: bytes, channels: int = 1) -> list[float]:
    """Little-endian 16-bit PCM as samples; several channels become their mean."""
    values = array("h", pcm)
    if array("H", b"\x01\x00")[0] != 1:  # a big-endian machine
        values.byteswap()
    scaled = [value / FULL for value in values]
    if channels == 1:
        return scaled
    return [sum(scaled[at : at + channels]) / channels for at in range(0, len(scaled), channels)]


def to_pcm(samples: "array[int]") -> bytes:
    """16-bit samples as little-endian PCM."""
    if array("H", b"\x01\x00")[0] != 1:
        samples = array("h", samples)
        samples.byteswap()
    return samples.tobytes()


def read_wav(path: Path) -> tuple[list[float], int]:
    """Samples and rate of a 16-bit WAV. Raises `ValueError`, saying what to do, for another kind."""
    try:
        with wave.open(str(path), "rb") as file:
            if file.getsampwidth() != 2:
                raise ValueError(f"{path}: {8 * file.getsampwidth()} bits a sample; save it with 16 bits")
            pcm, channels, rate_hz = file.readframes(file.getnframes()), file.getnchannels(), file.getframerate()
    except (wave.Error, EOFError, RuntimeError) as error:  # RuntimeError: a chunk that is longer than the file
        raise ValueError(f"{path}: not a PCM WAV file ({error}); save it as WAV, 16 bit") from error
    if not 1000 <= rate_hz <= 384_000:
        raise ValueError(f"{path}: {rate_hz} samples a second; save it with 16000, 44100 or 48000")
    return from_pcm(pcm[: len(pcm) // (2 * channels) * 2 * channels], channels), rate_hz


def write_wav(path: Path, pcm: bytes) -> None:
    """16 kHz, mono, 16 bit. Whole or not at all: a reader never sees half a clip."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with wave.open(str(part), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(pcm)
    part.replace(path)


def quiet_runs(samples: Samples, quieter_than_db: float, frame_ms: int = 5) -> list[tuple[float, float]]:
    """(start, end) in seconds of every stretch in which each frame is below ``quieter_than_db`` of full scale."""
    frame = RATE_HZ * frame_ms // 1000
    quiet = [decibel(rms(samples[at : at + frame])) < quieter_than_db for at in range(0, len(samples), frame)]
    edges = [number for number, (a, b) in enumerate(pairwise([False, *quiet, False])) if a != b]
    return [
        (start * frame / RATE_HZ, end * frame / RATE_HZ) for start, end in zip(edges[::2], edges[1::2], strict=True)
    ]
