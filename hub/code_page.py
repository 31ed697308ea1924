"""The code's page: whoever holds a ticket rates, on their own phone, what it was served for; each service once.

Reached through the hall's gateway, which adds TLS; on a port of its own, so that nothing else of the hub is there. A
look changes nothing, for phones look ahead at links by themselves. No script, no cookie, nothing personal is asked.
"""

import asyncio
import html
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse
from starlette.routing import Route

from firmware.words import words
from hub.code_link import CodeLinks
from hub.engine import reasons, refused, rendered
from hub.engine.evaluations import CODE_PAGE
from hub.engine.events import Entry, RequestRefused
from hub.engine.plan import Plan
from hub.engine.requests import RateService, Request
from hub.engine.state import Rendered, Site
from hub.per_minute import PerMinute
from hub.refusals import Refusals
from hub.vault import About, VaultFault, Words

MAX_BODY = 4096
REFUSED = "rating page request refused"
MOST_LETTERS, MOST_REASONS = 200, 8
PER_TICKET, PER_ALL = 20, 600  # requests in a minute
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_STYLE = (
    "body{font:18px/1.5 sans-serif;margin:0 auto;max-width:32em;padding:1em;color:#1b2a3a}"
    "a,button{display:block;width:100%;box-sizing:border-box;margin:.6em 0;padding:.8em;border:2px solid #0a5bb5;"
    "border-radius:.5em;background:#fff;color:#0a5bb5;font:inherit;text-align:center;text-decoration:none}"
    "button{background:#0a5bb5;color:#fff}label{display:block;padding:.4em 0}textarea{width:100%;font:inherit}"
)


class Form(NamedTuple):
    """What was sent, as far as it can be read."""

    nth: int
    level: int
    reasons: tuple[int, ...] = ()
    text: str = ""


class Running(Protocol):
    """The running hub, as far as the page needs it."""

    plan: Plan
    site: Site
    refusals: Refusals

    def now_ms(self) -> int: ...

    async def ask(self, request: Request) -> Entry: ...


class CodePage:
    """``clock_s`` is monotonic."""

    def __init__(
        self, links: CodeLinks, words: Words, hub: Running, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._links = links
        self._words = words
        self._hub = hub
        self._asked = PerMinute(clock_s)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/e/{token}", self._serve, methods=["GET", "POST"])])

    async def _serve(self, asked: HttpRequest) -> HTMLResponse:
        """What is refused is counted, without the token: who has that can rate."""
        answer = await self._answer(asked)
        if 400 <= answer.status_code < 500:
            who = asked.client.host if asked.client else ""
            self._hub.refusals.count(self._hub.now_ms(), who, REFUSED, f"{asked.method} {answer.status_code}")
        return answer

    async def _answer(self, asked: HttpRequest) -> HTMLResponse:
        language = "en" if asked.headers.get("accept-language", "").lower().startswith("en") else "zh"
        ticket = self._links.ticket(asked.path_params["token"])
        if self._is_too_often(ticket):
            return _say(language, "page.rate.often", 429)
        if not ticket:
            return _say(language, "page.rate.unknown", 404)
        open_ones = self._open(ticket)
        if asked.method == "POST":
            body = await _body(asked)
            form = read(body) if body is not None else None
            if form is None:
                return _say(language, "page.rate.wrong", 400)
            return await self._rate(language, ticket, form)
        if not open_ones:
            return _say(language, self._why_none(ticket), 200)
        form = read(asked.url.query.encode()) or Form(0, 0)
        chosen = next(((nth, one) for nth, one in open_ones if nth == form.nth), open_ones[0])
        return self._page(language, ticket, chosen, form.level)

    def _is_too_often(self, ticket: str) -> bool:
        """Counts by ticket, all that is no ticket as one, and everything together; anew each minute."""
        return any(self._asked.add(who) > most for who, most in ((ticket, PER_TICKET), ("*", PER_ALL)))

    def _open(self, ticket: str) -> list[tuple[int, Rendered]]:
        known = rendered.find(self._hub.site, ticket)
        return list(rendered.unrated(known)) if known is not None else []

    def _visitor(self, ticket: str) -> str:
        known = rendered.find(self._hub.site, ticket)
        return known.visitor if known is not None else ""

    def _why_none(self, ticket: str) -> str:
        return "page.rate." + rendered.why_none(rendered.find(self._hub.site, ticket))

    async def _rate(self, language: str, ticket: str, form: Form) -> HTMLResponse:
        one = next((one for nth, one in self._open(ticket) if nth == form.nth), None)
        if one is None:
            return _say(language, self._why_none(ticket), 409)
        try:
            # The same words of the same service are kept once, however often the button is pressed.
            of = f"{CODE_PAGE}/{ticket}/{form.nth}"
            about = About(ticket, self._visitor(ticket))
            ref = await asyncio.to_thread(self._words.keep, form.text, of, about) if form.text else ""
        except VaultFault as fault:
            print(f"code page: {fault}", flush=True)
            return _say(language, "page.rate.later", 503)
        entry = await self._hub.ask(
            RateService(
                at_ms=self._hub.now_ms(),
                by=CODE_PAGE,
                window=one.window,
                ticket=ticket,
                nth=form.nth,
                level=form.level,
                reasons=form.reasons,
                words=ref,
            )
        )
        code = next((event.code for event in entry.events if isinstance(event, RequestRefused)), "")
        if not code:
            return _say(language, "page.rate.thanks", 200)
        if ref and code != refused.EVALUATION_DONE.code:
            await asyncio.to_thread(self._words.forget, ref)
        return _say(language, f"refused.{code}", 409)

    def _page(self, language: str, ticket: str, chosen: tuple[int, Rendered], level: int) -> HTMLResponse:
        nth, one = chosen
        plan = self._hub.plan
        service, window = plan.service.get(one.service), plan.window.get(one.window)
        number = ticket.partition("-")[2]
        about = words("page.rate.about", language, number=number, window=window.number if window else "")
        body = f"<p>{_safe(service.name if service else one.service)}<br>{_safe(about)}</p>"
        if not 1 <= level <= 5:
            levels = ((each, words(f"satisfaction.{each}", language)) for each in (5, 4, 3, 2, 1))
            body += "".join(f'<a href="?nth={nth}&amp;level={each}">{_safe(text)}</a>' for each, text in levels)
            return _html(language, words("page.rate.title", language), body)
        ticks = "".join(
            f'<label><input type="checkbox" name="reason" value="{code}"> '
            f"{_safe(words(f'reason.{code}', language))}</label>"
            for code in reasons.OFFERED[level]
        )
        ask = words("page.rate.why" if level <= reasons.POOR else "page.rate.more", language)
        body += (
            f'<form method="post"><input type="hidden" name="nth" value="{nth}">'
            f'<input type="hidden" name="level" value="{level}"><p>{_safe(ask)}</p>{ticks}'
            f'<textarea name="text" rows="3" maxlength="{MOST_LETTERS}"></textarea>'
            f'<button>{_safe(words("page.rate.send", language))}</button></form><a href="?">'
            f"{_safe(words('page.rate.back', language))}</a>"
        )
        return _html(language, words(f"satisfaction.{level}", language), body)


def read(body: bytes) -> Form | None:
    """A form, or what follows the ``?``; None when it is none of ours."""
    try:
        given = parse_qs(body.decode(), max_num_fields=2 + MOST_REASONS + 1, errors="strict")
        text = "".join(letter for letter in given.get("text", [""])[0] if letter.isprintable()).strip()
        codes = tuple(sorted({int(code) for code in given.get("reason", ())}))
        return Form(int(given["nth"][0]), int(given["level"][0]), codes, text[:MOST_LETTERS])
    except (ValueError, KeyError):
        return None


async def _body(asked: HttpRequest) -> bytes | None:
    """None when it is too long, or the phone has gone."""
    taken = b""
    try:
        async for chunk in asked.stream():
            taken += chunk
            if len(taken) > MAX_BODY:
                return None
    except ClientDisconnect:
        return None
    return taken


def _say(language: str, key: str, status: int) -> HTMLResponse:
    return _html(language, words("page.rate.title", language), f"<p>{_safe(words(key, language))}</p>", status)


def _html(language: str, title: str, body: str, status: int = 200) -> HTMLResponse:
    page = (
        f'<!doctype html><html lang="{"en" if language == "en" else "zh-CN"}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{_safe(title)}</title>'
        f"<style>{_STYLE}</style><h1>{_safe(title)}</h1>{body}</html>"
    )
    return HTMLResponse(page, status, _HEADERS)


def _safe(text: str) -> str:
    return html.escape(text)
