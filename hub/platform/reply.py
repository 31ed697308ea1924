"""What a platform said to a batch. Pure: status and bytes in, one of three meanings out.

The contract with a platform, on top of `contract.Record`:

- ``POST {url}/events`` with ``{"records": [Record …]}``; the header ``Idempotency-Key`` is the same in a repetition.
- 2xx with ``{"receipt": …, "results": [{"id": …, "verdict": "accepted" | "duplicate" | "rejected", "reason": …}]}``;
  the receipt may be left out, and is kept as it is.
  After a rejected record, later records of its subject in the same batch are rejected too.
- 4xx for the whole: the batch is halved until the record that causes it stands alone; that one is rejected.
- 401, 403, 404, 405, 408, 429, 5xx, no or a broken answer: the same again later.
"""

import http

import msgspec

SETTLED = ("accepted", "duplicate")
NOT_THE_RECORDS_FAULT = (401, 403, 404, 405, 407, 408, 421, 425, 426, 429)


class Verdict(msgspec.Struct, frozen=True):
    id: str
    verdict: str
    reason: str = ""


class _Results(msgspec.Struct, frozen=True):
    results: tuple[Verdict, ...]
    receipt: str = ""


class Settled(msgspec.Struct, frozen=True):
    """``rejected``: record id → reason; all others have arrived."""

    rejected: dict[str, str]
    receipt: str = ""


class TooMuch(msgspec.Struct, frozen=True):
    """Something in the batch is not to the platform's taste; it did not say what."""

    reason: str


class Again(msgspec.Struct, frozen=True):
    """Not the records' fault; nothing is known about them."""

    reason: str


_decode = msgspec.json.Decoder(_Results).decode


def understand(status: int, body: bytes, asked: list[str]) -> Settled | TooMuch | Again:
    """``asked``: the ids that were sent. ``status`` 0: there was no answer, and ``body`` says why."""
    if status == 0:
        return Again(words_of(status, body))
    if 200 <= status < 300:
        return _results(body, asked)
    text = words_of(status, body)
    if 400 <= status < 500 and status not in NOT_THE_RECORDS_FAULT:
        return TooMuch(text)
    if status in (401, 403):
        text += ": it does not accept our token; put the right one into the settings"
    if status in (404, 405):
        text += ": wrong address? check the platform's url in the settings"
    return Again(text)


def _results(body: bytes, asked: list[str]) -> Settled | Again:
    try:
        answer = _decode(body)
        results = answer.results
    except (msgspec.MsgspecError, UnicodeError) as error:
        return Again(f"the platform's answer is not to the contract: {error}")
    arrived = {verdict.id for verdict in results if verdict.verdict in SETTLED}
    rejected = {v.id: v.reason or "rejected" for v in results if v.verdict == "rejected" and v.id not in arrived}
    missing = [id_ for id_ in asked if id_ not in arrived and id_ not in rejected]
    if missing:
        return Again(f"the platform said nothing of {len(missing)} of {len(asked)} records, the first is {missing[0]}")
    return Settled(rejected, answer.receipt[:200])


def words_of(status: int, body: bytes) -> str:
    """What a platform said that settles nothing; ``status`` 0: there was no answer, and ``body`` says why."""
    if status == 0:
        return body.decode("utf-8", "replace")
    try:
        phrase = http.HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    said = body[:200].decode("utf-8", "replace").strip()
    return f"{status} {phrase}".strip() + (f" {said}" if said else "")
