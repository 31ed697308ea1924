"""The queue as a hall lives it: given, when, then."""

from tests.engine.hall_day import HallDay
from tests.engine.small_site import small_plan


def test_numbers_count_up_within_each_service():
    day = HallDay()
    assert [day.takes("invoices"), day.takes("certificates"), day.takes("invoices")] == ["A001", "B001", "A002"]


def test_a_hall_s_kiosk_issues_only_its_hall_s_services():
    day = HallDay()
    assert day.takes("notary", kiosk="kiosk-tax") == "service.elsewhere"
    assert day.takes("notary", kiosk="kiosk-law") == "HC001"
    assert day.takes("notary", kiosk="kiosk-entrance") == "HC002"
    assert day.takes("passport") == "service.unknown"


def test_the_paper_says_how_many_are_ahead():
    day = HallDay()
    ahead = []
    for priority in ("none", "none", "elderly", "none", "elderly"):
        day.takes("invoices", priority=priority)
        ahead.append(day.journal[-1].events[-1].ahead)
    assert ahead == [0, 1, 0, 3, 1]


def test_a_lost_paper_is_printed_again_while_the_ticket_is_open():
    day = HallDay()
    day.opens("tax-1")
    day.takes("invoices")
    assert day.reprints("a001") == "TicketReprinted"
    day.calls("tax-1")
    day.finishes("tax-1", "A001")
    assert day.reprints("A001") == "ticket.over"
    assert day.reprints("A002") == "ticket.unknown"


def test_one_visitor_from_the_kiosk_to_the_rating():
    day = HallDay()
    day.opens("tax-1")
    day.takes("invoices")
    assert day.calls("tax-1") == "A001"
    assert day.serves("tax-1", "A001") == "TicketServed"
    assert day.finishes("tax-1", "A001") == "TicketFinished"
    assert day.rates("tax-1", "A001", 5, (510, 517)) == "ServiceRated"
    assert (day.state("A001"), day.ticket("A001").level) == ("finished", 5)


def test_who_came_first_is_called_first_whatever_the_service():
    day = HallDay()
    day.opens("tax-1")
    for service in ("certificates", "invoices", "certificates"):
        day.takes(service)
    called = []
    for _ in range(3):
        called.append(day.calls("tax-1"))
        day.passes("tax-1", called[-1])
    assert called == ["B001", "A001", "B002"]


def test_a_window_calls_only_for_its_own_services():
    day = HallDay()
    day.opens("tax-2")
    day.takes("invoices")
    assert day.calls("tax-2") == "queue.empty"


def test_priority_goes_first_and_among_themselves_in_order():
    day = HallDay()
    day.opens("tax-1")
    day.takes("invoices")
    day.takes("certificates", priority="pregnant")
    day.takes("invoices", priority="elderly")
    called = []
    for _ in range(3):
        called.append(day.calls("tax-1"))
        day.passes("tax-1", called[-1])
    assert called == ["B001", "A002", "A001"]


def test_a_window_must_be_open_to_call():
    day = HallDay()
    day.takes("invoices")
    assert day.calls("tax-1") == "window.closed"
    day.opens("tax-1")
    day.pauses("tax-1", "午餐")
    assert day.site.windows["tax-1"].reason == "午餐"
    assert day.calls("tax-1") == "window.paused"
    assert day.opens("tax-1") == "WindowOpened"
    assert day.site.windows["tax-1"].reason == ""
    assert day.calls("tax-1") == "A001"
    assert day.calls("tax-9") == "window.unknown"


def test_a_window_has_one_visitor_at_a_time():
    day = HallDay()
    day.opens("tax-1")
    day.takes("invoices")
    day.takes("invoices")
    day.calls("tax-1")
    assert day.calls("tax-1") == "window.busy"


def test_two_windows_never_call_the_same_visitor():
    day = HallDay()
    day.opens("tax-1", "tax-2")
    day.takes("certificates")
    assert day.calls("tax-1") == "B001"
    assert day.calls("tax-2") == "queue.empty"


def test_a_recall_is_limited():
    day = HallDay()
    day.opens("tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    assert [day.recalls("tax-1", "A001") for _ in range(6)][4:] == ["TicketRecalled AnnouncementQueued", "recall.limit"]


def test_how_often_is_the_site_s_choice():
    day = HallDay(small_plan(recall_limit=2))
    day.opens("tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    assert [day.recalls("tax-1", "A001") for _ in range(3)][1:] == ["TicketRecalled AnnouncementQueued", "recall.limit"]


def test_recalls_count_anew_after_a_call_back():
    day = HallDay()
    day.opens("tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    for _ in range(5):
        day.recalls("tax-1", "A001")
    day.holds("tax-1", "A001")
    day.resumes("tax-1", "A001")
    assert day.recalls("tax-1", "A001") == "TicketRecalled AnnouncementQueued"


def test_who_finishes_without_serving_has_served():
    day = HallDay()
    day.opens("tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    assert day.finishes("tax-1", "A001") == "TicketServed TicketFinished"


def test_acts_that_do_not_fit_the_ticket_are_refused():
    day = HallDay()
    day.opens("tax-1", "tax-2")
    for _ in range(2):
        day.takes("invoices")
    assert day.serves("tax-1", "A001") == "ticket.not_here"  # waits
    day.calls("tax-1")
    assert day.resumes("tax-1", "A001") == "ticket.called"
    assert day.serves("tax-2", "A001") == "ticket.not_here"
    assert day.serves("tax-9", "A001") == "window.unknown"
    assert day.serves("tax-1", "A077") == "ticket.unknown"
    day.serves("tax-1", "A001")
    assert day.recalls("tax-1", "A001") == "ticket.serving"
    assert day.passes("tax-1", "A001") == "ticket.serving"
    day.holds("tax-1", "A001")
    assert day.finishes("tax-1", "A001") == "ticket.held"
    day.resumes("tax-1", "A001")
    day.passes("tax-1", "A001")
    assert day.finishes("tax-1", "A001") == "ticket.over"


def test_a_held_visitor_is_called_back_when_the_window_is_free():
    day = HallDay()
    day.opens("tax-1")
    day.takes("invoices")
    day.takes("invoices")
    day.calls("tax-1")
    day.holds("tax-1", "A001")
    assert day.calls("tax-1") == "A002"
    assert day.resumes("tax-1", "A001") == "window.busy"
    day.finishes("tax-1", "A002")
    day.pauses("tax-1")
    assert day.resumes("tax-1", "A001") == "window.paused"
    day.opens("tax-1")
    assert day.resumes("tax-1", "A001") == "TicketResumed AnnouncementQueued"
    assert (day.at("tax-1"), day.site.windows["tax-1"].held) == ("A001", [])


def test_a_window_closes_only_when_nobody_depends_on_it():
    day = HallDay()
    day.opens("tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    assert day.closes("tax-1") == "window.busy"
    day.holds("tax-1", "A001")
    assert day.closes("tax-1") == "window.holding"
    day.resumes("tax-1", "A001")
    day.finishes("tax-1", "A001")
    assert day.closes("tax-1") == "WindowClosed"
    assert day.closes("tax-1") == "window.closed"
    assert day.pauses("tax-1") == "window.closed"
    assert day.opens("tax-1", "tax-1") == "WindowOpened window.open"


def test_a_transfer_joins_the_end_of_the_other_line():
    day = HallDay()
    day.opens("tax-1", "tax-2")
    day.takes("invoices")
    day.takes("certificates")
    day.calls("tax-1")
    assert day.transfers("tax-1", "A001", to_service="certificates") == "TicketTransferred"
    assert day.display("tax") == []
    assert (day.calls("tax-2"), day.calls("tax-1")) == ("B001", "A001")
    assert day.ticket("A001").transfers == 1


def test_a_transfer_to_a_window_is_for_that_window_alone():
    day = HallDay()
    day.opens("tax-1", "tax-2")
    day.takes("certificates")
    day.calls("tax-1")
    day.transfers("tax-1", "B001", to_window="tax-2")
    assert day.calls("tax-1") == "queue.empty"
    assert day.recalls("tax-2", "B001") == "ticket.waiting"
    assert day.calls("tax-2") == "B001"


def test_a_transfer_must_lead_to_somebody_who_serves():
    day = HallDay()
    day.opens("tax-1", "law-1")
    day.takes("invoices")
    day.calls("tax-1")
    assert day.transfers("tax-1", "A001") == "transfer.where"
    assert day.transfers("tax-1", "A001", to_service="invoices") == "transfer.same"
    assert day.transfers("tax-1", "A001", to_service="passport") == "service.unknown"
    assert day.transfers("tax-1", "A001", to_service="archive") == "transfer.nobody"
    assert day.transfers("tax-1", "A001", to_window="tax-1") == "transfer.same"
    assert day.transfers("tax-1", "A001", to_window="tax-9") == "window.unknown"
    assert day.transfers("tax-1", "A001", to_window="law-1") == "transfer.not_served"
    assert day.transfers("tax-1", "A001", to_service="passport", to_window="law-1") == "service.unknown"
    assert day.transfers("tax-1", "A001", to_service="certificates", to_window="tax-2") == "transfer.closed"
    assert day.transfers("tax-1", "A001", to_service="notary", to_window="law-1") == "TicketTransferred"
    assert day.calls("law-1") == "A001"


def test_when_a_window_closes_those_sent_to_it_keep_their_time():
    day = HallDay()
    day.opens("tax-1", "tax-2")
    for _ in range(3):
        day.takes("certificates")
    assert (day.calls("tax-1"), day.calls("tax-2")) == ("B001", "B002")
    day.transfers("tax-1", "B001", to_window="tax-2")
    day.finishes("tax-2", "B002")
    day.takes("certificates")
    assert day.closes("tax-2") == "TicketTransferred WindowClosed"
    called = []
    for _ in range(3):
        called.append(day.calls("tax-1"))
        day.passes("tax-1", called[-1])
    assert called == ["B003", "B001", "B004"]  # B001 waits since the transfer, which was before B004 came


def test_the_display_shows_the_newest_call_first_until_it_is_over():
    day = HallDay()
    day.opens("tax-1", "tax-2", "law-1")
    for service in ("invoices", "certificates", "notary"):
        day.takes(service)
    for window in ("tax-1", "tax-2", "law-1"):
        day.calls(window)
    assert day.display("tax") == ["B001→2", "A001→1"]
    assert day.display("law") == ["HC001→1"]
    day.recalls("tax-1", "A001")
    assert day.display("tax") == ["A001→1*", "B001→2"]
    day.finishes("tax-1", "A001")
    day.holds("tax-2", "B001")
    assert day.display("tax") == []


def test_a_call_is_spoken_on_the_channel_that_both_halls_share():
    day = HallDay()
    day.opens("tax-1", "law-1")
    day.takes("invoices", language="yue")
    day.takes("notary")
    day.calls("tax-1")
    day.calls("law-1")
    assert day.spoken() == ["pa: A001→1", "pa: HC001→1"]
    first = next(iter(day.site.announcements.values()))
    assert (first.language, first.priority, first.phrase) == ("yue", 3, "call")
