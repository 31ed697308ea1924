"""Loudness of 16-bit samples. A microcontroller with I2S has better means: see `drivers.micropython.i2s_sound`."""

from array import array


def scaled(pcm: bytes, percent: int) -> bytes:
    """Little-endian 16-bit samples at so many percent of their height; 100 and more leaves them as they are."""
    if percent >= 100:
        return pcm
    samples = array("h", pcm)
    for at in range(len(samples)):
        samples[at] = samples[at] * percent // 100
    return bytes(samples)
