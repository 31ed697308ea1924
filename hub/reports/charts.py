"""Charts: bars drawn as vectors on a page of a report. Lengths in mm, from the upper left."""

from typing import NamedTuple

from fpdf import FPDF

INK = (38, 50, 56)
FAINT = (207, 216, 220)
BLUE = (30, 90, 160)
LEVEL_COLOURS = ((198, 40, 40), (239, 108, 0), (251, 192, 45), (124, 179, 66), (46, 125, 50))  # from 1 to 5
TITLE_PT, LABEL_PT = 11, 8
TITLE_MM, LABEL_MM = 8, 6
GRID = 4  # lines


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float


def columns(pdf: FPDF, box: Box, title: str, labels: list[str], values: list[float | None], nothing: str) -> None:
    """Standing bars; None is a gap. As many labels as there is room for."""
    inner = _frame(pdf, box, title)
    most = max((value for value in values if value is not None), default=0)
    if not most:
        _nothing(pdf, inner, nothing)
        return
    top = _round_up(most)
    plot = Box(inner.x + 10, inner.y, inner.width - 10, inner.height - LABEL_MM)
    _grid(pdf, plot, top)
    step = plot.width / len(values)
    every = -(-len(values) // 16)
    for at, (label, value) in enumerate(zip(labels, values, strict=True)):
        left = plot.x + at * step
        if value is not None:
            height = plot.height * value / top
            pdf.set_fill_color(*BLUE)
            pdf.rect(left + step * 0.15, plot.y + plot.height - height, step * 0.7, height, style="F")
        if at % every == 0:
            pdf.text(left + (step - pdf.get_string_width(label)) / 2, plot.y + plot.height + 4, label)


def lines(pdf: FPDF, box: Box, title: str, rows: list[tuple[str, int]], rest: str, nothing: str) -> None:
    """Lying bars with a name before and the number behind each; ``rest`` is said below them."""
    inner = _frame(pdf, box, title)
    most = max((value for _, value in rows), default=0)
    if not most:
        _nothing(pdf, inner, nothing)
        return
    step = min(inner.height / (len(rows) + 1), 8.0)
    name_width, number_width = inner.width * 0.42, 14
    for at, (name, value) in enumerate(rows):
        middle = inner.y + (at + 0.5) * step
        pdf.text(inner.x, middle + 1, fitting(pdf, name, name_width - 2))
        width = (inner.width - name_width - number_width) * value / most
        pdf.set_fill_color(*BLUE)
        pdf.rect(inner.x + name_width, middle - step * 0.35, width, step * 0.7, style="F")
        pdf.text(inner.x + name_width + width + 1, middle + 1, f"{value:,}")
    pdf.text(inner.x, inner.y + (len(rows) + 0.5) * step + 1, rest)


def levels(pdf: FPDF, box: Box, title: str, names: list[str], counts: list[int], nothing: str) -> None:
    """One bar in five parts, the best first; ``names`` and ``counts`` from the worst."""
    inner = _frame(pdf, box, title)
    whole = sum(counts)
    if not whole:
        _nothing(pdf, inner, nothing)
        return
    left = inner.x
    for at in reversed(range(len(counts))):
        width = inner.width * counts[at] / whole
        pdf.set_fill_color(*LEVEL_COLOURS[at])
        pdf.rect(left, inner.y + 2, width, 10, style="F")
        left += width
    step = min((inner.height - 16) / len(counts), 7.0)
    for line, at in enumerate(reversed(range(len(counts)))):
        base = inner.y + 16 + (line + 0.5) * step
        pdf.set_fill_color(*LEVEL_COLOURS[at])
        pdf.rect(inner.x, base - 2.2, 3, 3, style="F")
        pdf.text(inner.x + 5, base + 0.5, f"{names[at]}  {counts[at]:,}  {100 * counts[at] / whole:.1f}%")


def fitting(pdf: FPDF, text: str, width: float) -> str:
    """As much of it as there is room for."""
    if pdf.get_string_width(text) <= width:
        return text
    while text and pdf.get_string_width(text + "…") > width:
        text = text[:-1]
    return text + "…"


def _frame(pdf: FPDF, box: Box, title: str) -> Box:
    """The title over a thin line; gives what is left inside."""
    pdf.set_text_color(*INK)
    pdf.set_font_size(TITLE_PT)
    pdf.text(box.x, box.y + 5, title)
    pdf.set_draw_color(*FAINT)
    pdf.line(box.x, box.y + TITLE_MM, box.x + box.width, box.y + TITLE_MM)
    pdf.set_font_size(LABEL_PT)
    return Box(box.x, box.y + TITLE_MM + 3, box.width, box.height - TITLE_MM - 3)


def _nothing(pdf: FPDF, box: Box, nothing: str) -> None:
    pdf.text(box.x, box.y + 5, nothing)


def _grid(pdf: FPDF, plot: Box, top: float) -> None:
    pdf.set_draw_color(*FAINT)
    for at in range(GRID + 1):
        y = plot.y + plot.height * (1 - at / GRID)
        pdf.line(plot.x, y, plot.x + plot.width, y)
        label = f"{top * at / GRID:,g}"
        pdf.text(plot.x - 1 - pdf.get_string_width(label), y + 1, label)


def _round_up(most: float) -> float:
    """The next number that four lines part well."""
    scale = 1.0
    while scale * 10 <= most:
        scale *= 10
    while scale > most:
        scale /= 10
    return next(step * scale for step in (1, 2, 4, 6, 8, 10, 12) if step * scale >= most)
