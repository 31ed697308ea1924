"""The services that the platform knows, beside ours: what only one side has is refused one day, there or here.

The contract: ``GET /services?site=doumen`` → ``{"services": [{"id", "name"}]}``. A mapping may name other keys under
``[services]``, and translates codes as it does in appointments. The site file stays what people wrote into it.
"""

from typing import Any, Literal

import msgspec

from hub.engine.plan import Plan
from hub.platform.line import Line
from hub.platform.mapping import Mapping
from hub.platform.reconcile import Unanswered
from hub.platform.reply import words_of

MAX_TEXT = 100
MOST = 10_000


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """``name`` is ours, ``their_name`` theirs; '' where that side has none. ``code``: theirs, when it is another."""

    id: str
    what: Literal["same", "renamed", "unknown_there", "unknown_here"]
    name: str = ""
    their_name: str = ""
    code: str = ""


class _Answer(msgspec.Struct, frozen=True):
    services: list[dict[str, Any]]


async def compare(line: Line, plan: Plan) -> list[Service]:
    """What differs first, in the site's order. Raises `Unanswered`."""
    heard = await line.get("/services", {"site": plan.id})
    if heard.status != 200:
        raise Unanswered(words_of(heard.status, heard.body))
    try:
        told = msgspec.json.decode(heard.body, type=_Answer).services
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise Unanswered(f"the platform's answer is not to the contract: {error}") from None
    return beside(plan, _read(line.mapping, told))


def beside(plan: Plan, theirs: dict[str, tuple[str, str]]) -> list[Service]:
    """``theirs``: our id → their code and name. Pure."""
    found = []
    for service in plan.services:
        if service.id not in theirs:
            found.append(Service(id=service.id, what="unknown_there", name=service.name))
            continue
        code, name = theirs[service.id]
        what: Literal["same", "renamed"] = "same" if name in ("", service.name) else "renamed"
        other = code if code != service.id else ""
        found.append(Service(id=service.id, what=what, name=service.name, their_name=name, code=other))
    for id_, (code, name) in theirs.items():
        if id_ not in plan.service:
            found.append(Service(id=id_, what="unknown_here", their_name=name, code=code if code != id_ else ""))
    order = ("unknown_there", "unknown_here", "renamed", "same")
    return sorted(found, key=lambda one: order.index(one.what))


def _read(mapping: Mapping, told: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """Our id → their code and name."""
    found = {}
    for plain in told[:MOST]:
        code, name = (_text(plain, mapping.services.get(key, key)) for key in ("id", "name"))
        found[mapping.appointments.services.get(code, code)] = (code, name)
    return found


def _text(plain: dict[str, Any], key: str) -> str:
    value = plain.get(key, "")
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        raise Unanswered(f"the platform's services: {key} must be text of at most {MAX_TEXT} letters")
    return text
