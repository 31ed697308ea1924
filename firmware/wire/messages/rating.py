"""Messages of a rating at a kiosk: a paper is shown, the hub says what may be rated with it, and a person rates.

The question is kept nowhere (QoS 0, in no outbox or journal); the rating is a request like the terminal's, kept until
it is answered. What proves the paper comes from the hub's key, so no number that somebody types rates for another.
"""

from firmware.wire.fields import Int, ListOf, OneOf, Slug, Struct, Text
from firmware.wire.messages.base import Message, Report, Request

FOUND = ("found", "early", "done", "over", "unknown", "no_code", "often")


class RatingFind(Report):
    """Kiosk to hub: what may be rated with this paper? Answered by RatingFound; ask again when no answer comes.

    ``text``: the code as it was scanned, or the paper's number and the letters that stand behind it, as typed.
    """

    name = "rating/find"
    boot: str = Slug(16)
    ask: int = Int(1, 2**31 - 1)  # counts the kiosk's questions, so that a late answer is not taken for another's
    text: str = Text(144, 1)


class RatableService(Struct):
    """A service that the ticket was rendered and that nobody has rated. ``nth`` of the ticket's, from 1."""

    nth: int = Int(1, 99)
    label: str = Text(40, 1)
    label_en: str = Text(60, default="")
    window: int = Int(0, 9999)  # its number


class RatingFound(Message):
    """Hub to kiosk: what may be rated, the oldest first, and the ``code`` that goes back with the rating.

    ``result`` early: nothing has been finished. done: all is rated. over: its days are over. unknown: no paper of this
    hub says so. no_code: a number, and nothing that proves its paper. often: too many wrong ones, wait a minute.
    """

    name = "rating/found"
    max_bytes = 2048
    boot: str = Slug(16)
    ask: int = Int(1, 2**31 - 1)
    result: str = OneOf(*FOUND)
    number: str = Text(12, default="")
    code: str = Text(64, default="")
    services: "list[RatableService]" = ListOf(RatableService, 4, default=())


class RateByPaper(Request):
    """Kiosk to hub: who holds the paper rated the ``nth`` service. 5 very satisfied … 1 very dissatisfied.

    Reasons are the national indicator codes; 3 digits, the first is the level. A level below 3 says why.
    """

    name = "rating/paper"
    max_bytes = 768
    code: str = Text(64, 1)  # of RatingFound
    nth: int = Int(1, 99)
    level: int = Int(1, 5)
    reasons: "list[int]" = ListOf(Int(100, 599), 8, default=())
    remark: str = Text(80, default="")  # in the visitor's own words
