"""The services that the platform knows, beside the site's."""

import asyncio

import httpx
import pytest

from hub.platform import mapping
from hub.platform.inbound import Inbound
from hub.platform.line import Line
from hub.platform.mapping import Mapping, problems
from hub.platform.reconcile import Unanswered
from hub.platform.services import Service, beside, compare
from hub.platform.signers.bearer import Bearer
from simulators.platform import SimulatedPlatform
from simulators.platform.interface import Interface
from tests.hub.platform_stage import TOKEN
from tests.hub.test_platform_contract import PLAN  # passport 护照, residence 户口


def test_what_only_one_side_has_comes_first() -> None:
    theirs = {"residence": ("residence", "户口登记"), "0099": ("0099", "社保"), "passport": ("0012", "护照")}
    assert beside(PLAN, theirs) == [
        Service(id="0099", what="unknown_here", their_name="社保"),
        Service(id="residence", what="renamed", name="户口", their_name="户口登记"),
        Service(id="passport", what="same", name="护照", their_name="护照", code="0012"),
    ]
    assert [one.what for one in beside(PLAN, {})] == ["unknown_there"] * 2


@pytest.mark.parametrize("words", ["", "sample"])
def test_a_platform_is_asked_in_its_own_words(words: str) -> None:
    async def story() -> None:
        platform = SimulatedPlatform(TOKEN, reading=Interface(words) if words else None)
        await platform.start()
        line = Line(platform.url, Bearer(TOKEN), mapping.load(words))
        async with httpx.AsyncClient(base_url=platform.url, trust_env=False) as people:
            for wrong in (b"", b"[]", b'{"services": 1}'):
                assert (await people.post("/offers", content=wrong)).status_code == 400
            assert (await people.post("/offers", json={"services": {"passport": "护照"}})).status_code == 200
            assert (await people.get("/services")).status_code == 401
        assert [(one.id, one.what) for one in await compare(line, PLAN)] == [
            ("residence", "unknown_there"),
            ("passport", "same"),
        ]
        await line.close()
        await platform.stop()

    asyncio.run(story())


def test_their_codes_are_translated_as_in_appointments() -> None:
    answer = httpx.Response(200, json={"services": [{"seq": 12, "title": "护照"}]})
    words = Mapping(services={"id": "seq", "name": "title"}, appointments=Inbound(services={"12": "passport"}))

    async def story() -> list[Service]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer)) as client:
            return await compare(Line("http://platform.example", mapping=words, client=client), PLAN)

    assert Service(id="passport", what="same", name="护照", their_name="护照", code="12") in asyncio.run(story())
    assert problems(Mapping(services={"title": "x"})) == ["services: there is no 'title'; there are id, name"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (httpx.Response(404), "404 Not Found"),
        (httpx.Response(200, text="<html>"), "not to the contract"),
        (httpx.Response(200, json={"services": ["passport"]}), "not to the contract"),
        (httpx.Response(200, json={"services": [{"id": ["x"]}]}), "id must be text of at most 100 letters"),
        (httpx.Response(200, json={"services": [{"id": "x" * 101}]}), "id must be text of at most 100 letters"),
    ],
)
def test_an_answer_that_is_none_is_said(answer: httpx.Response, says: str) -> None:
    async def story() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer)) as client:
            await compare(Line("http://platform.example", client=client), PLAN)

    with pytest.raises(Unanswered, match=says):
        asyncio.run(story())
