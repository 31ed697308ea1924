"""Pictures of regions for people: decoded from what is really sent, every LED a round dot or a plain pixel."""

from PIL import Image

from firmware.wire.messages.screen import ShowRegion
from hub.effects.region_look import palette_of
from hub.effects.strip_layout import Look
from hub.effects.strip_pixels import decode, region_pixels


def as_seen(look: Look, tone: str) -> Image.Image:
    """The region in colour, one pixel an LED, by way of the message."""
    show = ShowRegion(
        epoch=1,
        rev=1,
        x=0,
        width=look.width,
        height=look.height,
        palette=palette_of(tone),
        pixels=region_pixels(look),
        text="",
    )
    return picture_of(show)


def picture_of(show: ShowRegion) -> Image.Image:
    """What a strip makes of the message."""
    picture = decode(show.pixels, show.width, show.height)
    colours = [0, *show.palette]
    picture.putpalette([part for colour in colours for part in (colour >> 16, colour >> 8 & 255, colour & 255)])
    return picture.convert("RGB")


def stacked(pictures: list[Image.Image], gap: int = 8) -> Image.Image:
    """One above the other, for a golden file that is looked at as a whole."""
    width = max(picture.width for picture in pictures)
    sheet = Image.new("RGB", (width, sum(picture.height + gap for picture in pictures) - gap), (48, 48, 48))
    top = 0
    for picture in pictures:
        sheet.paste(picture, (0, top))
        top += picture.height + gap
    return sheet
