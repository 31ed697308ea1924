"""Traditional characters: what visitors from Hong Kong and Macao read holds no form that only the mainland writes."""

from firmware.screens.traditional import traditional
from firmware.words import WORDS
from hub.site_file import load
from hub.sites import bundled, find

ON_KIOSKS = (
    "screen.kiosk.",
    "screen.ahead",
    "screen.ticket",
    "refused.service.",
    "refused.ticket.",
    "refused.appointment.",
    "card.",
    "fault.",
    "screen.rate.",
    "screen.evaluation.",
    "satisfaction.",
    "reason.",
    "refused.evaluation.",
)
# Big5 lacks most simplified characters. These it has, as rare characters of other meaning or as handwritten forms, but
# a text for visitors has no use for them: each stands there only where a character was not turned.
SIMPLIFIED_IN_BIG5 = (
    "并蚕厂痴虫触党吨儿范构挂怀坏机极价茧荐惊据腊蜡厘篱离怜么霉宁扑仆凄气确扰洒晒胜圣虱适体听万网羡蝎痒优余与吁云灶"
    "种筑庄忏腌炖虮"
)


def simplified(text: str) -> set[str]:
    """The characters there that only simplified text has."""
    return {letter for letter in text if letter in SIMPLIFIED_IN_BIG5 or not letter.encode("big5", "ignore")}


def test_traditional_texts_are_what_a_reader_in_hong_kong_or_macao_knows() -> None:
    plan = load(find(bundled()[0]))
    shown = [zh for name, (zh, _) in WORDS.items() if name.startswith(ON_KIOSKS)]
    shown += [service.name for service in plan.services] + [hall.name for hall in plan.halls]
    left = {text: found for text in shown if (found := simplified(traditional(text)))}
    assert left == {}, "add them to firmware/screens/traditional.py"


def test_what_is_no_traditional_text_is_noticed() -> None:
    assert simplified("确定，登錄与打印") == {"确", "与"}
    assert simplified("請選擇語言：護照，餘額 3 號") == set()


def test_letters_with_two_traditional_forms_are_turned_by_their_words() -> None:
    assert traditional("请选择您要办理的业务，联系工作人员") == "請選擇您要辦理的業務，聯繫工作人員"
    assert traditional("确定。指引准确，请准备新纸卷，对准扫码口") == "確定。指引準確，請準備新紙卷，對準掃碼口"
    assert traditional("已批准，准予办理；标准") == "已批准，准予辦理；標準"
    assert traditional("咨询窗口") == "諮詢窗口"
