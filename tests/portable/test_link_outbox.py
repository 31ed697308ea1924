"""The outbox survives power cuts, torn lines and full disks; it never loses a request that it took."""

import os

from firmware.link.outbox import Full, Outbox
from firmware.wire.messages.help import HelpPressed
from firmware.wire.messages.rating import RateByPaper
from tests.portable.bench import Dice, error_of, fresh_folder


def waiting(outbox):
    return [(entry.boot, entry.seq, entry.name, entry.payload) for entry in outbox.entries]


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def with_presses(folder, count, boot="boot-1"):
    outbox = Outbox(folder, boot=boot)
    for held_ms in range(count):
        outbox.add(HelpPressed(held_ms=held_ms))
    return outbox


def test_requests_get_boot_and_seq_and_wait_in_order():
    outbox = with_presses(fresh_folder(), 3)
    assert [(entry.boot, entry.seq) for entry in outbox.entries] == [("boot-1", 1), ("boot-1", 2), ("boot-1", 3)]
    sent = HelpPressed.decode(outbox.entries[2].payload)
    assert (sent.boot, sent.seq, sent.held_ms) == ("boot-1", 3, 2)
    outbox.close()


def test_after_a_restart_what_was_not_answered_is_still_there_and_goes_first():
    folder = fresh_folder()
    before = with_presses(folder, 3)
    before.drop(before.find("boot-1", 2))
    before.close()
    after = with_presses(folder, 1, "boot-2")
    assert [(entry.boot, entry.seq) for entry in after.entries] == [("boot-1", 1), ("boot-1", 3), ("boot-2", 1)]
    assert after.damaged == 0
    after.close()


def test_each_start_has_a_boot_of_its_own():
    folder = fresh_folder()
    boots = []
    for _ in range(3):
        outbox = Outbox(folder)
        boots.append(outbox.boot)
        outbox.close()
    assert len(set(boots)) == 3
    assert [len(boot) for boot in boots] == [12, 12, 12]


def test_a_request_is_in_the_file_as_soon_as_it_is_taken():
    folder = fresh_folder()
    outbox = with_presses(folder, 1)
    left = fresh_folder()
    write(left + "/outbox.log", read(folder + "/outbox.log"))  # what a power cut now would leave
    outbox.close()
    after = Outbox(left)
    assert waiting(after) == waiting(outbox)
    after.close()


def test_a_power_cut_at_any_byte_loses_at_most_the_line_being_written():
    folder = fresh_folder()
    outbox = with_presses(folder, 3)
    outbox.close()
    whole = read(folder + "/outbox.log")
    all_three = waiting(outbox)
    line_ends = [at + 1 for at in range(len(whole)) if whole[at] == 10]
    for size in range(len(whole) + 1):
        write(folder + "/outbox.log", whole[:size])
        after = Outbox(folder, sync=False)
        complete = len([end for end in line_ends if end <= size])
        assert waiting(after) == all_three[:complete]
        assert after.damaged == (0 if size == 0 or size in line_ends else 1)
        after.add(HelpPressed(held_ms=9))  # the torn line does not spoil the next one
        after.close()
        again = Outbox(folder, sync=False)
        assert len(again.entries) == complete + 1
        assert again.damaged == 0
        again.close()


def test_rotten_bytes_cost_their_lines_and_nothing_else():
    folder = fresh_folder()
    outbox = with_presses(folder, 6)
    outbox.close()
    whole = read(folder + "/outbox.log")
    right = waiting(outbox)
    dice = Dice(3)
    for _ in range(60):
        write(folder + "/outbox.log", dice.spoil(whole))
        after = Outbox(folder, sync=False)
        assert [entry for entry in waiting(after) if entry not in right] == []
        assert len(after.entries) >= 3 or after.damaged
        after.close()


def test_a_cut_between_the_two_names_of_the_file_loses_nothing():
    folder = fresh_folder()
    outbox = with_presses(folder, 2)
    outbox.close()
    os.rename(folder + "/outbox.log", folder + "/outbox.new")
    after = Outbox(folder)
    assert waiting(after) == waiting(outbox)
    after.close()


def test_a_half_written_new_file_does_not_count():
    folder = fresh_folder()
    outbox = with_presses(folder, 2)
    outbox.close()
    write(folder + "/outbox.new", b"garbage")
    after = Outbox(folder)
    assert waiting(after) == waiting(outbox)
    after.close()


def test_a_full_outbox_says_so_and_takes_more_when_one_was_answered():
    outbox = Outbox(fresh_folder(), max_entries=2, boot="b")
    outbox.add(HelpPressed())
    outbox.add(HelpPressed())
    assert "2 requests wait" in str(error_of(Full, outbox.add, HelpPressed()))
    outbox.drop(outbox.entries[0])
    assert outbox.add(HelpPressed()).seq == 3
    outbox.close()


def test_the_file_stays_small_however_many_requests_pass():
    folder = fresh_folder()
    outbox = Outbox(folder, sync=False)
    kept = outbox.add(HelpPressed(held_ms=77))
    for held_ms in range(1000):
        outbox.drop(outbox.add(HelpPressed(held_ms=held_ms)))
        assert len(read(folder + "/outbox.log")) < 8000
    outbox.close()
    after = Outbox(folder)
    assert waiting(after) == [(kept.boot, 1, "help/press", kept.payload)]
    after.close()


def test_a_disk_that_fails_is_said_and_heals():
    folder = fresh_folder()
    outbox = with_presses(folder, 1)
    outbox._file.close()  # as a card that is pulled out: the next write fails
    outbox._file = open(folder + "/outbox.log", "rb")
    assert "cannot write" in str(error_of(Full, outbox.add, HelpPressed()))
    assert outbox.add(HelpPressed()).seq == 2
    outbox.close()
    after = Outbox(folder)
    assert [entry.seq for entry in after.entries] == [1, 2]
    after.close()


def test_what_a_person_wrote_in_own_words_leaves_the_file_with_its_answer():
    folder = fresh_folder()
    outbox = Outbox(folder)
    outbox.add(HelpPressed())
    rating = outbox.add(RateByPaper(code="c", nth=1, level=1, reasons=[115], remark="13712345098"))
    outbox.add(HelpPressed())
    assert b"13712345098" in read(folder + "/outbox.log")
    outbox.drop(rating)
    assert b"13712345098" not in read(folder + "/outbox.log")
    outbox.close()
    after = Outbox(folder)
    assert [entry.seq for entry in after.entries] == [1, 3]
    after.close()
