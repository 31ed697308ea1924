"""Pinyin initials of the names that visitors look for."""

import pytest

from hub.effects.initials import initials
from hub.site_file import load
from hub.sites import bundled, find


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("出入境证件（护照、港澳台通行证）受理", "CRJZJHZGATTXZSL"),
        ("社保卡", "SBK"),
        ("企业开办一件事", "QYKBYJS"),
        ("阿坝", "AB"),
        ("座位", "ZW"),
        ("会计考试", "KJKS"),
        ("会议室", "HYS"),
        ("银行开户", "YHKH"),
        ("赡养抚养", "SYFY"),
        ("12345 热线 e办", "12345RXEB"),
        ("殡葬 A区", "BZAQ"),
        ("", ""),
    ],
)
def test_initials_as_people_say_them(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_every_character_of_the_bundled_sites_services_has_its_letter() -> None:
    for site in bundled():
        for service in load(find(site)).services:
            letters = [letter for letter in service.name if letter not in "（）()、，·/ "]
            assert len(initials(service.name)) == len(letters), service.name
