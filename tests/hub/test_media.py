"""What lies in the media folder becomes the playlist of each info screen, and the pictures of staff."""

import asyncio
import hashlib
import json
import os
from pathlib import Path

import httpx
import msgspec
from PIL import Image

from hub.config import MediaSettings
from hub.engine.plan import Device
from hub.media import Media, MediaService
from tests.engine.small_site import small_plan


def lay(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def picture(folder: Path, name: str, colour: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), colour).save(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_items_in_the_order_of_their_names_with_what_they_say_of_themselves(tmp_path: Path) -> None:
    folder = tmp_path / "media"
    map_digest = picture(folder, "all/02-map.25s.png", "red")
    film_digest = lay(folder, "all/01-welcome.mp4", b"film")
    own_digest = picture(folder, "info-1/00-own.jpg", "blue")
    lay(folder, "all/03-guide.txt", "办事指南\n请带身份证\n先取号".encode())
    lay(folder, "all/notes.docx", b"nobody shows this")
    lay(folder, "all/04-empty.txt", b"")
    media = Media(folder, tmp_path / "shelf")
    assert media.look()
    said = [(item.kind, item.file, item.seconds) for item in media.items("info-1")]
    assert said == [
        ("video", film_digest, 0),
        ("picture", map_digest, 25),
        ("guide", "", 20),
        ("picture", own_digest, 10),
    ]
    assert [len(media.items(device)) for device in ("info-2", "info-1")] == [3, 4]
    guide = media.items("info-2")[2]
    assert (guide.title, guide.text) == ("办事指南", "请带身份证\n先取号")
    assert not media.look(), "nothing has changed"
    os.remove(folder / "all/02-map.25s.png")
    assert media.look()
    assert not (tmp_path / "shelf" / map_digest).exists()
    assert (tmp_path / "shelf" / film_digest).exists()


def test_screens_are_told_once_and_can_fetch_what_they_were_told(tmp_path: Path) -> None:
    told: list[tuple[str, dict[str, object]]] = []
    plan = small_plan()
    screens = tuple(Device(id=f"info-{at}", kind="info_screen") for at in (1, 2))
    plan = msgspec.structs.replace(plan, devices=plan.devices + screens)

    async def story() -> None:
        service = MediaService(
            plan,
            tmp_path,
            MediaSettings(port=0),
            "127.0.0.1",
            lambda topic, payload, qos, retain: told.append((topic, json.loads(payload))),
            1,
            lambda: 1000 + len(told),
        )
        await service.look()
        assert told == [], "without a media folder there is nothing to say"
        digest = picture(tmp_path / "media", "all/1.png", "red")
        face = picture(tmp_path / "media", "staff/0217.jpg", "green")
        await service.look()
        assert [topic.rsplit("/", 3)[1] for topic, _ in told] != []
        assert len(told) == 2
        _, said = told[0]
        assert [item["file"] for item in said["items"]] == [digest]  # type: ignore[attr-defined]
        async with httpx.AsyncClient() as client:
            got = await client.get(f"{said['url']}/{digest}")
        assert hashlib.sha256(got.content).hexdigest() == digest
        assert service.photo("0217") == (face, said["url"])
        assert service.photo("0000") == ("", "")
        await service.look()
        assert len(told) == 2
        service.repeat()
        assert len(told) == 4
        assert told[3][1]["rev"] > told[1][1]["rev"]  # type: ignore[operator]
        await service.close()

    asyncio.run(story())
