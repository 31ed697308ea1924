"""Small sounds for tests: clips whose samples say which they are."""

import os

from drivers.wav import header


def tone(value, length_ms):
    """So many milliseconds of the sample ``value``: 16 kHz, 16 bits."""
    return bytes([value & 255, value >> 8 & 255]) * (16 * length_ms)


def write_clip(folder, name, pcm):
    language = folder + "/" + name.split("/")[0]
    try:
        os.mkdir(language)
    except OSError:
        pass
    with open(folder + "/" + name + ".wav", "wb") as file:
        file.write(header(len(pcm)) + pcm)


def samples_of(path):
    with open(path, "rb") as file:
        return file.read()[44:]
