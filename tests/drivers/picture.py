"""Compares pages with the golden pictures that somebody has looked at."""

from pathlib import Path

from PIL import Image, ImageChops

GOLDEN = Path(__file__).parents[1] / "golden"
ACTUAL = Path("build/golden")
MOST_DIFFERENT = 0.004  # parts of the pixels: another FreeType may round an edge another way, not draw another picture
VISIBLE = 48  # levels of 255
LONGEST_PX = 640  # of a page's golden picture: enough to see what stands where, and light to keep


def compare_small(name: str, actual: Image.Image) -> None:
    """The same for a page: it is left in full size in build/golden, and compared and kept reduced."""
    ACTUAL.mkdir(parents=True, exist_ok=True)
    actual.save(ACTUAL / ("full_" + name))
    small = actual.reduce(max(1, -(-max(actual.size) // LONGEST_PX)))
    compare(name, small.quantize(64, dither=Image.Dither.NONE))


def compare(name: str, actual: Image.Image) -> None:
    """What was drawn is left in build/golden, to be looked at, and copied if it is right."""
    ACTUAL.mkdir(parents=True, exist_ok=True)
    actual.save(ACTUAL / name)
    path = GOLDEN / name
    assert path.exists(), f"no {path}: look at {ACTUAL / name} and copy it there if it is right"
    with Image.open(path) as expected:
        assert actual.size == expected.size
        difference = ImageChops.difference(actual.convert("RGB"), expected.convert("RGB")).convert("L")
    wrong = sum(difference.histogram()[VISIBLE:]) / (actual.width * actual.height)
    assert wrong <= MOST_DIFFERENT, f"{wrong:.2%} of {name} differs: compare {ACTUAL / name} with {path}"
