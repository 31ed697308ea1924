"""A long strip to look at: folded into lines, each under a scale in metres."""

from PIL import Image, ImageDraw, ImageFont

from simulators.parts.strip import GAP, SimulatedStrip

STRIP_MM = 384  # the height of every strip of the building, so the pitch follows from its rows
SCALE_PX, SPACE_PX = 22, 10
INK = (150, 150, 156)


def measured(strip: SimulatedStrip, columns_px: int = 1920) -> Image.Image:
    """The whole strip in lines of ``columns_px``, one pixel a LED; a tick every half metre, a number every metre."""
    lines = -(-strip.width_px // columns_px)
    pitch_px = SCALE_PX + strip.height_px + SPACE_PX
    sheet = Image.new("RGB", (min(columns_px, strip.width_px), lines * pitch_px - SPACE_PX), GAP)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(14)
    seen = strip.image()
    half_m_px = 500 * strip.height_px / STRIP_MM
    for line in range(lines):
        left, top = line * columns_px, line * pitch_px
        right = min(left + columns_px, strip.width_px)
        sheet.paste(seen.crop((left, 0, right, strip.height_px)), (0, top + SCALE_PX))
        for tick in range(int(left / half_m_px), int(right / half_m_px) + 1):
            x = round(tick * half_m_px) - left
            if 0 <= x < right - left:
                is_metre = tick % 2 == 0
                draw.line((x, top + SCALE_PX - (9 if is_metre else 4), x, top + SCALE_PX - 1), fill=INK)
                if is_metre:
                    draw.text((x + 3, top), f"{tick // 2} m", fill=INK, font=font)
    return sheet
