"""The kiosk's first page: language and looks, services by department or all of them, how many people came, priorities,
and the other ways."""

from PIL import Image

from firmware.screens import kiosk_find, kiosk_rating, kiosk_visitor, looks, notices, sheet
from firmware.screens.page_screen import Content, Page
from firmware.screens.sheet import Box, Sheet, key
from firmware.wire.messages.queue import OfferGroup, ServiceOffer
from firmware.words import words

PERSONS = ("persons:-1", "persons", "persons:1")
PRIORITIES = ("elderly", "disabled", "military", "pregnant", "other")
Choice = ServiceOffer | OfferGroup

# Height of the bands in percent: upright, lying.
_BANDS = {
    "head": (8, 11),
    "tools": (7, 10),
    "prompt": (5, 7),
    "services": (53, 38),
    "leaves": (6, 8),
    "ways": (8, 11),
    "priorities": (11, 14),
}


def choices_on_leaf(content: Content, width_px: int, height_px: int) -> tuple[list[tuple[str, Choice]], int]:
    """(name of the button, what it offers) on the leaf that is open, and how many leaves there are.

    A site of several departments shows these first; ``group`` is the one that was chosen.
    """
    show = content["show"]
    group = content.get("group", -1)
    found: list[tuple[str, Choice]]
    if len(show.groups) > 1 and group < 0:
        found = [("group:%d" % at, each) for at, each in enumerate(show.groups)]
    else:
        offers = [offer for offer in show.offers if len(show.groups) < 2 or offer.group == group]
        found = [("service:" + offer.service, offer) for offer in offers]
    across, down = _grid(content, len(found), width_px, height_px)
    leaves = max(1, -(-len(found) // (across * down)))
    leaf = min(content.get("leaf", 0), leaves - 1)
    return found[leaf * across * down : (leaf + 1) * across * down], leaves


def _grid(content: Content, choices: int, width_px: int, height_px: int) -> tuple[int, int]:
    """(columns, rows) of a leaf."""
    is_large = content.get("is_large")
    if height_px > width_px:
        return (1, 5) if is_large else (1 if choices <= 5 else 2, 7)
    return (2, 2) if is_large else (2 if choices <= 6 else 3, 3 if height_px < 700 else 4)


def _bands(width_px: int, height_px: int) -> dict[str, Box]:
    edge = min(width_px, height_px) * 4 // 100
    bands: dict[str, Box] = {}
    y = 0.0
    for name, shares in _BANDS.items():
        bottom = y + height_px * shares[height_px < width_px] / 100
        bands[name] = (edge, round(y), width_px - edge, round(bottom))
        y = bottom
    return bands


def _middle(box: Box, percent: int) -> Box:
    """The middle of a band, ``percent`` of its height."""
    spare = (box[3] - box[1]) * (100 - percent) // 200
    return box[0], box[1] + spare, box[2], box[3] - spare


def _persons_boxes(content: Content, band: Box, gap: int) -> list[Box]:
    """Fewer, how many, more; nothing where each ticket is for one."""
    if content["show"].group_max < 2:
        return []
    left, top, right, bottom = band
    bottom -= (bottom - top) * 14 // 100  # a service below is not to be hit
    less, many, more_many, more = sheet.columns((left + (right - left) * 60 // 100, top, right, bottom), 4, gap)
    return [less, (many[0], top, more_many[2], bottom), more]


def _ways(content: Content) -> list[str]:
    """What else can be done: show a card or code, look for a service by letters, print a lost ticket again, rate.

    Who has a ticket and takes another one can also leave.
    """
    if content.get("further"):
        return ["dismiss", "search"]
    ways = ["identify"] if content.get("can") and not content.get("visitor") else []
    return [*ways, "search"] if content.get("offline") else [*ways, "search", "reprint", "rate"]


def buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    """Everything that can be touched."""
    bands = _bands(width_px, height_px)
    gap = min(width_px, height_px) * 2 // 100
    found: dict[str, Box] = {}
    tools = sheet.columns(_middle(bands["tools"], 72), len(looks.TOOLS), gap)
    found.update(zip(looks.TOOLS, tools, strict=True))
    choices, leaves = choices_on_leaf(content, width_px, height_px)
    total = len(choices) if leaves == 1 else 99
    across, down = _grid(content, total, width_px, height_px)
    if leaves == 1:  # as high as there is room, but not clumsy
        down = max(-(-len(choices) // across), down * 2 // 3)
    cells = [cell for row in sheet.rows(bands["services"], down, gap) for cell in sheet.columns(row, across, gap)]
    found.update(zip((name for name, _ in choices), cells, strict=False))
    found.update(zip(PERSONS, _persons_boxes(content, bands["prompt"], gap), strict=False))
    back, middle, forth = sheet.columns(_middle(bands["leaves"], 74), 3, gap)
    if leaves > 1:
        found["leaf:previous"], found["leaf:next"] = back, forth
    if content.get("group", -1) >= 0:
        third = (middle[2] - middle[0]) // 3
        found["group:-1"] = (middle[0], middle[1], middle[2] - (third if leaves > 1 else 0), middle[3])
    ways = _ways(content)
    found.update(zip(ways, sheet.columns(_middle(bands["ways"], 70), len(ways), gap), strict=True))
    left, top, right, bottom = bands["priorities"]
    row = (left, top + (bottom - top) * 36 // 100, right, bottom - (bottom - top) * 8 // 100)
    names = ["priority:" + priority for priority in PRIORITIES]
    found.update(zip(names, sheet.columns(row, len(names), gap), strict=True))
    return found


def draw(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``show`` a ShowServices; ``language``, ``priority``, ``leaf``, ``group``, ``is_large``, ``is_strong`` as chosen.

    ``persons``: how many came, if the show's ``group_max`` lets several.
    ``offline``: without the hub nobody knows how many wait.
    ``further``: the number of the ticket that the visitor already has of this visit.
    ``can``: whether a visitor can say who they are; ``visitor``: how the hub calls who did, masked.
    """
    language = content.get("language", "zh")
    bands, found = _bands(width_px, height_px), buttons(content, width_px, height_px)
    page = looks.new_sheet(content, width_px, height_px)
    _head(page, bands["head"], content, language)
    looks.draw(page, found, content)
    high = bands["prompt"][3] - bands["prompt"][1]
    prompt = (
        "screen.kiosk.please"
        if content.get("group", -1) >= 0 or len(content["show"].groups) < 2
        else ("screen.kiosk.department")
    )
    prompt = "screen.kiosk.offline" if content.get("offline") else prompt
    text = words(prompt, language)
    if content.get("further"):
        text = words("screen.kiosk.further.please", language, number=content["further"])
    if "persons" in found:
        left, top, _, bottom = bands["prompt"]
        room = (left, top, found["persons:-1"][0] - high // 4, bottom)
        page.lines(room, text, high * 50 // 100, sheet.INK)
        _persons(page, found, content, language)
    else:
        page.text(bands["prompt"], text, high * 56 // 100, sheet.INK, "middle")
    choices, leaves = choices_on_leaf(content, width_px, height_px)
    for name, choice in choices:
        _choice(page, found[name], choice, language, content)
    if leaves > 1:
        key(page, found["leaf:previous"], words("screen.kiosk.previous", language), False)
        key(page, found["leaf:next"], words("screen.kiosk.next", language), False)
        here = "%d / %d" % (min(content.get("leaf", 0), leaves - 1) + 1, leaves)
        left = found["group:-1"][2] if "group:-1" in found else found["leaf:previous"][2]
        box = (left, bands["leaves"][1], found["leaf:next"][0], bands["leaves"][3])
        page.text(box, here, high * 44 // 100, sheet.FAINT, "middle")
    if "group:-1" in found:
        key(page, found["group:-1"], words("screen.kiosk.departments", language), False)
    for way in _ways(content):
        label = words("screen.kiosk." + ("done" if way == "dismiss" else way), language)
        key(page, found[way], label, way in ("identify", "dismiss"))
    _priorities(page, bands["priorities"], found, content, language)
    return page.image


def _head(page: Sheet, band: Box, content: Content, language: str) -> None:
    high = band[3] - band[1]
    page.box((0, band[1], page.width_px, band[3]), sheet.BLUE)
    half = (band[0] + band[2]) * 60 // 100
    page.text((band[0], band[1], half, band[3]), content["show"].hall, high * 42 // 100, sheet.WHITE, bold=0.015)
    title = words("screen.kiosk.title", language)
    if content.get("visitor"):
        title = words("screen.kiosk.hello", language, name=content["visitor"])
    page.text((half, band[1], band[2], band[3]), title, high * 34 // 100, sheet.WHITE, "right")


def _priorities(page: Sheet, band: Box, found: dict[str, Box], content: Content, language: str) -> None:
    left, top, right, bottom = band
    title = (left, top, right, top + (bottom - top) * 34 // 100)
    text = words("screen.kiosk.priority", language)
    page.text(title, text, (title[3] - title[1]) * 62 // 100, sheet.FAINT, "middle")
    for priority in PRIORITIES:
        label = words("screen.kiosk." + priority, language)
        key(page, found["priority:" + priority], label, priority == content.get("priority", "none"))


def _persons(page: Sheet, found: dict[str, Box], content: Content, language: str) -> None:
    count = content.get("persons", 1)
    key(page, found["persons:-1"], "－", False, count > 1)
    key(page, found["persons"], words("screen.kiosk.persons", language, count=count), count > 1)
    key(page, found["persons:1"], "＋", False, count < content["show"].group_max)


def _choice(page: Sheet, box: Box, choice: Choice, language: str, content: Content) -> None:
    left, top, right, bottom = box
    unit = min(bottom - top, (right - left) * 42 // 100)
    page.box(box, sheet.CARD, unit // 8, sheet.BLUE, max(2, unit // 50))
    page.box((left, top + unit // 8, left + max(6, unit // 14), bottom - unit // 8), sheet.BLUE)
    pad = unit // 5
    label = choice.label_en if language == "en" and choice.label_en else choice.label
    if not isinstance(choice, ServiceOffer):
        page.lines((left + pad, top, right - pad // 2, bottom), label, unit * 34 // 100, sheet.INK, bold=0.01)
        return
    split = top + (bottom - top) * 62 // 100
    is_large = bool(content.get("is_large"))
    size_px = unit * (40 if is_large else 31) // 100
    page.lines((left + pad, top + pad // 3, right - pad // 2, split), label, size_px, sheet.INK, bold=0.01)
    if content.get("offline"):
        return
    waiting = "screen.kiosk.waiting" if choice.waiting else "screen.kiosk.nobody"
    if choice.waiting and choice.wait_min > 0:
        waiting = "screen.kiosk.waiting_min"
    below = (left + pad, split, right - pad // 2, bottom - pad // 2)
    size_px = max(unit * (28 if is_large else 22) // 100, min(page.width_px, page.height_px) * 26 // 1000)
    page.text(below, words(waiting, language, count=choice.waiting, minutes=choice.wait_min), size_px, sheet.FAINT)


PAGES = {
    **notices.PAGES,
    **kiosk_find.PAGES,
    **kiosk_visitor.PAGES,
    **kiosk_rating.PAGES,
    "choose": Page(draw, buttons),
}
