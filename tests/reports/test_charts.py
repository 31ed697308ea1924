"""Charts: what a reader of the PDF finds drawn is as long as the figures say."""

import io
import re
from itertools import pairwise

import pylopdf_fonts_zh_cn
import pytest
from fpdf import FPDF
from pypdf import PdfReader

from hub.reports import charts
from hub.reports.charts import Box

PT = 72 / 25.4  # points per mm
BOX = Box(10, 20, 120, 60)


def page() -> FPDF:
    pdf = FPDF(format="A4")
    pdf.add_font("noto", "", str(pylopdf_fonts_zh_cn.sans_path()))
    pdf.set_font("noto")
    pdf.add_page()
    return pdf


def filled(pdf: FPDF) -> list[tuple[float, float, float, float]]:
    """The filled rectangles in the order of drawing: left, bottom, width, height in mm, read by another library."""
    content = PdfReader(io.BytesIO(bytes(pdf.output()))).pages[0].get_contents()
    assert content is not None
    number = r"(-?[\d.]+)"
    found = re.findall(rf"{number} {number} {number} {number} re f", content.get_data().decode("latin-1"))
    return [tuple(round(float(value) / PT, 2) for value in one) for one in found]  # type: ignore[misc]


def test_columns_stand_as_high_as_their_values() -> None:
    pdf = page()
    charts.columns(pdf, BOX, "per hour", ["9", "10", "11", "12"], [2, None, 8, 4], "nothing")
    bars = filled(pdf)
    assert len(bars) == 3, "no bar where there is no value"
    heights = [abs(height) for _, _, _, height in bars]
    assert [height / heights[1] for height in heights] == pytest.approx([0.25, 1, 0.5], rel=0.01)
    assert heights[1] == pytest.approx(BOX.height - charts.TITLE_MM - 3 - charts.LABEL_MM, rel=0.01), "8 is the top"
    assert all(left < right for (left, *_), (right, *_) in pairwise(bars))


def test_lines_lie_as_long_as_their_values() -> None:
    pdf = page()
    charts.lines(pdf, BOX, "services", [("发票", 30), ("证明", 10)], "", "nothing")
    long, short = (abs(width) for _, _, width, _ in filled(pdf))
    assert short / long == pytest.approx(1 / 3, rel=0.01)


def test_levels_share_one_bar_and_their_legend_has_a_patch_each() -> None:
    pdf = page()
    charts.levels(pdf, BOX, "satisfaction", list("12345"), [1, 0, 0, 1, 2], "nothing")
    drawn = filled(pdf)
    parts, patches = drawn[:5], drawn[5:]
    widths = [abs(width) for _, _, width, _ in parts]
    assert widths == pytest.approx([BOX.width / 2, BOX.width / 4, 0, 0, BOX.width / 4], abs=0.05)
    assert [patch[2] for patch in patches] == pytest.approx([3] * 5, abs=0.02)


def test_nothing_is_said_in_words() -> None:
    pdf = page()
    charts.columns(pdf, BOX, "per hour", ["9"], [None], "nothing")
    charts.lines(pdf, BOX, "services", [], "", "nothing")
    charts.levels(pdf, BOX, "satisfaction", list("12345"), [0] * 5, "nothing")
    assert filled(pdf) == []
