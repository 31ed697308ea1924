"""An update from offer to end, over a real loopback: kept, taken back, refused, gone on with."""

import asyncio

from firmware.update.boot import read_state
from firmware.wire.messages.update import UpdateReport
from tests.portable.bench import until
from tests.portable.shaky_disk import ShakyDisk, digest, is_runnable, manifest_of, tree
from tests.portable.update_stage import NEW, OLD, signed, with_stage

NEW_MANIFEST = manifest_of(NEW, "1.1.0")


def test_an_offer_is_fetched_tried_and_kept_when_the_self_test_passes():
    async def story(stage):
        await stage.start()
        await stage.offer(NEW_MANIFEST, await signed(NEW_MANIFEST))
        await stage.until_stage("ready")
        await until(lambda: stage.reboots, "reboot")
        assert [name for name, _ in stage.shelf.asked] == [
            digest(NEW_MANIFEST),
            digest(NEW_MANIFEST) + ".sig",
            digest(NEW["firmware/agent.py"]),
        ]
        await stage.stop()

        await stage.start(is_power_on=False)
        assert (stage.tree["slot"], stage.tree["start"]) == ("b", "trial")
        stage.updater()
        trial = await stage.until_stage("trial")
        assert (trial.version, trial.manifest) == ("1.1.0", digest(NEW_MANIFEST))
        assert read_state(stage.root, ShakyDisk())["active"] == "a"  # being online is not enough
        assert await stage.test() == ""
        assert (await stage.until_stage("running")).version == "1.1.0"
        await stage.stop()

        await stage.start()
        assert (stage.tree["slot"], stage.tree["start"]) == ("b", "normal")
        assert stage.agent._updater is None  # nothing of this stays in memory
        assert tree(stage.root + "/slots/b") == dict(NEW, **{"manifest.json": NEW_MANIFEST})

    with_stage(story)


def test_a_role_that_fails_its_self_test_costs_the_new_tree_its_place():
    async def story(stage):
        await stage.start()
        await stage.offer(NEW_MANIFEST, await signed(NEW_MANIFEST))
        await until(lambda: stage.reboots, "reboot")
        await stage.stop()
        await stage.start(fault="printer: no answer")
        stage.updater()
        assert await stage.test() == "printer: no answer"
        assert read_state(stage.root, ShakyDisk())["trying"] == "b"  # the hub may ask again, within the time
        await stage.stop()
        await stage.start(fault="printer: no answer", trial_s=0.5)
        stage.updater()
        await stage.test("t2")
        await until(lambda: stage.reboots == 2, "reboot")
        await stage.stop()
        await stage.start()
        assert (stage.tree["slot"], stage.tree["start"]) == ("a", "normal")
        # The offer is still retained: the device says what became of it, and leaves it at that.
        stage._rev = 0
        await stage.offer(NEW_MANIFEST, await signed(NEW_MANIFEST))
        assert (await stage.until_stage("failed")).reason == "update.self-test"
        assert stage.reboots == 2

    with_stage(story)


def test_a_tree_that_nobody_called_good_is_taken_back_and_may_be_offered_anew():
    async def story(stage):
        await stage.start()
        await stage.offer(NEW_MANIFEST, await signed(NEW_MANIFEST))
        await until(lambda: stage.reboots, "reboot")
        await stage.stop()
        await stage.start(trial_s=0.1)
        stage.updater()
        await until(lambda: stage.reboots == 2, "reboot")
        assert read_state(stage.root, ShakyDisk())["failed"][3] == "update.unconfirmed"
        await stage.stop()
        await stage.start()
        await stage.offer(NEW_MANIFEST, await signed(NEW_MANIFEST))  # a newer rev
        await until(lambda: stage.reboots == 3, "reboot")
        await stage.stop()
        await stage.start()
        assert stage.tree["start"] == "trial"

    with_stage(story)


def refused_with(code, manifest, spoil=None):
    """The offer is refused with the code, said again at the next connection, and the old tree runs on."""

    async def story(stage):
        await stage.start()
        signature = await signed(manifest)
        if spoil:
            signature = spoil(stage, signature)
        await stage.offer(manifest, signature)
        report = await stage.until_stage("failed")
        assert (report.reason, report.version, report.boot) == (code, "1.0.0", stage.agent.boot), report
        assert stage.reboots == 0
        assert [text for _, text in list(stage.agent.log_lines())[1:] if code in text], "logged, too"
        said = len(stage.hub.sent(UpdateReport))
        await stage.hub.broker.cut()
        await until(lambda: len(stage.hub.sent(UpdateReport)) > said, "said again")
        assert is_runnable(stage.root + "/slots/a")
        assert tree(stage.root + "/slots/a")["firmware/agent.py"] == OLD["firmware/agent.py"]
        await stage.stop()
        await stage.start()
        assert (stage.tree["slot"], stage.tree["start"]) == ("a", "normal")

    with_stage(story)


def test_a_wrong_signature_is_refused():
    refused_with("update.signature", NEW_MANIFEST, lambda stage, right: right[:-1] + bytes([right[-1] ^ 1]))


def test_a_tree_for_another_board_is_refused():
    refused_with("update.profile", manifest_of(NEW, "1.1.0", profile="esp32_poe"))


def test_a_tree_for_another_kind_is_refused():
    refused_with("update.kind", manifest_of(NEW, "1.1.0", kinds=["amplifier"]))


def test_an_older_tree_is_refused():
    refused_with("update.downgrade", manifest_of(NEW, "0.9.0"))


def test_an_altered_file_is_refused():
    def alter(stage, signature):
        stage.shelf.files[digest(NEW["firmware/agent.py"])] = b"bad agent " * 90
        return signature

    refused_with("update.file", NEW_MANIFEST, alter)


def test_a_truncated_file_is_refused():
    """The hub's copy is shorter than the manifest says, and the hub says so honestly: it is no answer's fault."""
    name = digest(NEW["firmware/agent.py"])

    def cut(stage, signature):
        stage.shelf.files[name] = NEW["firmware/agent.py"][:300]
        return signature

    refused_with("update.file", NEW_MANIFEST, cut)


def test_a_truncated_file_that_is_whole_again_is_taken_when_it_is_offered_anew():
    name = digest(NEW["firmware/agent.py"])

    async def story(stage):
        await stage.start()
        stage.shelf.files[name] = NEW["firmware/agent.py"][:300]
        signature = await signed(NEW_MANIFEST)
        await stage.offer(NEW_MANIFEST, signature)
        await stage.until_stage("failed")
        stage.shelf.files[name] = NEW["firmware/agent.py"]
        await stage.offer(NEW_MANIFEST, signature)
        await until(lambda: stage.reboots, "reboot")
        assert tree(stage.root + "/slots/b") == dict(NEW, **{"manifest.json": NEW_MANIFEST})

    with_stage(story)


def interrupted(spoil, said, asked_from):
    """What arrives is not taken for the file: logged, the old tree runs on; gone on with when the hub is honest."""
    name = digest(NEW["firmware/agent.py"])

    async def story(stage):
        await stage.start()
        spoil(stage, name)
        await stage.offer(NEW_MANIFEST, await signed(NEW_MANIFEST))
        await until(lambda: [r for r in stage.hub.sent(UpdateReport) if said in r.detail], said)
        assert [text for _, text in list(stage.agent.log_lines())[1:] if said in text], "logged, too"
        assert stage.reboots == 0
        assert not is_runnable(stage.root + "/slots/b")
        assert tree(stage.root + "/slots/a")["firmware/agent.py"] == OLD["firmware/agent.py"]
        stage.shelf.breaks, stage.shelf.lengths = [], {}
        await until(lambda: stage.reboots, "reboot")
        assert tree(stage.root + "/slots/b")["firmware/agent.py"] == NEW["firmware/agent.py"]
        assert [first for asked, first in stage.shelf.asked if asked == name][-1] == asked_from
        assert "failed" not in stage.stages()

    with_stage(story)


def test_a_file_that_ends_before_its_length_is_gone_on_with():
    def close_early(stage, name):
        stage.shelf.breaks = [10**6, 10**6, 300] + [10**6, 10**6, 0] * 50

    interrupted(close_early, "connection ended 600 bytes too early", 300)


def test_a_file_whose_length_is_told_too_long_is_not_taken():
    def tell_more(stage, name):
        stage.shelf.lengths = {name: 1000}

    interrupted(tell_more, "connection ended 100 bytes too early", 0)


def test_an_altered_manifest_is_refused():
    changed = manifest_of(NEW, "1.2.0")

    def alter(stage, signature):
        stage.shelf.files[digest(changed)] = changed
        return signature

    async def story(stage):
        await stage.start()
        stage.shelf.files[digest(NEW_MANIFEST)] = changed
        plain = {"epoch": 1, "rev": 1, "version": "1.1.0", "url": stage.shelf.url, "manifest": digest(NEW_MANIFEST)}
        stage.shelf.files[digest(NEW_MANIFEST) + ".sig"] = await signed(changed)
        await stage.hub.down("show/update", plain)
        assert (await stage.until_stage("failed")).reason == "update.manifest"

    with_stage(story)


def test_a_broken_connection_is_gone_on_with_after_a_rest():
    async def story(stage):
        await stage.start()
        stage.shelf.breaks = [10**6, 10**6, 300, 10**6, 10**6, 200]  # manifest, signature, file; twice
        await stage.offer(NEW_MANIFEST, await signed(NEW_MANIFEST))
        await until(lambda: stage.reboots, "reboot")
        name = digest(NEW["firmware/agent.py"])
        assert [first for asked, first in stage.shelf.asked if asked == name] == [0, 300, 500]
        assert "waiting" in stage.stages()

    with_stage(story)


def test_a_hub_that_serves_no_files_is_asked_again_until_it_does():
    async def story(stage):
        await stage.start()
        stage.shelf.says = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n"
        await stage.offer(NEW_MANIFEST, await signed(NEW_MANIFEST))
        assert "503" in (await stage.until_stage("waiting")).detail
        stage.shelf.says = b"nonsense\r\n"
        asked = len(stage.shelf.asked)
        await until(lambda: len(stage.shelf.asked) > asked, "asked again")
        stage.shelf.says = None
        await until(lambda: stage.reboots, "reboot")

    with_stage(story)


def test_an_offer_that_is_taken_back_is_tried_no_more():
    async def story(stage):
        await stage.start()
        stage.shelf.says = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n"
        await stage.offer(NEW_MANIFEST, await signed(NEW_MANIFEST))
        await stage.until_stage("waiting")
        await stage.take_back()
        stage.shelf.says = None
        asked = len(stage.shelf.asked)
        await asyncio.sleep(0.5)  # ten times what it rests between two tries
        assert (len(stage.shelf.asked), stage.reboots) == (asked, 0)
        await stage.offer(NEW_MANIFEST, await signed(NEW_MANIFEST))
        await until(lambda: stage.reboots, "reboot")

    with_stage(story)


def held_with(stop):
    """``stop(stage)`` in the middle of a file: it starts no new tree, and later goes on at the byte where it was."""

    async def story(stage):
        await stage.start()
        name = digest(NEW["firmware/agent.py"])
        stage.shelf.stalls = {name: 300}
        await stage.offer(NEW_MANIFEST, await signed(NEW_MANIFEST))
        await until(lambda: stage.shelf.stalled, "the middle of a file")
        await stop(stage)
        stage.shelf.stalled.pop().set()
        await asyncio.sleep(0.5)
        assert (stage.reboots, read_state(stage.root, ShakyDisk())["trying"]) == (0, "")
        await until(lambda: stage.agent.client.is_up, "link")
        await stage.offer(NEW_MANIFEST, await signed(NEW_MANIFEST))
        await until(lambda: stage.reboots, "reboot")
        first, again = [first for asked, first in stage.shelf.asked if asked == name]
        assert first == 0
        assert again >= 300

    with_stage(story)


def test_what_is_fetched_stays_when_the_offer_is_taken_back():
    held_with(lambda stage: stage.take_back())


def test_an_offer_does_not_outlive_the_line_over_which_it_came():
    async def cut(stage):
        lost = len(stage.role.of("connected"))
        await stage.hub.broker.cut()
        await until(lambda: len(stage.role.of("connected")) > lost, "line lost")

    held_with(cut)


def test_the_tree_that_runs_already_is_not_fetched():
    async def story(stage):
        await stage.start()
        await stage.offer(manifest_of(OLD), b"", "1.0.0")
        assert (await stage.until_stage("running")).version == "1.0.0"
        assert stage.shelf.asked == []

    with_stage(story)


def test_a_counted_start_is_called_good_when_the_hub_welcomes():
    async def story(stage):
        for _ in range(5):
            await stage.start(is_power_on=False)
            await until(lambda: read_state(stage.root, ShakyDisk())["boots"] == 0, "called good")
            assert stage.tree["start"] == "normal"
            assert stage.agent._updater is None
            await stage.stop()

    with_stage(story)


def test_safe_mode_takes_an_update():
    async def story(stage):
        from firmware.update.boot import Disk, choose

        for _ in range(3):
            choose(stage.root, False, Disk())
        await stage.start(is_power_on=False)
        assert stage.tree["start"] == "safe"
        await stage.offer(NEW_MANIFEST, await signed(NEW_MANIFEST))
        await until(lambda: stage.reboots, "reboot")
        await stage.stop()
        await stage.start(is_power_on=False)
        assert (stage.tree["slot"], stage.tree["start"]) == ("b", "trial")

    with_stage(story)


def test_safe_mode_ends_with_one_more_normal_start():
    async def story(stage):
        from firmware.update.boot import Disk, choose

        for _ in range(3):
            choose(stage.root, False, Disk())
        await stage.start(is_power_on=False)
        updater = stage.updater()
        updater.safe_s = 0
        await updater._leave_safe_mode()
        assert stage.reboots == 1
        assert choose(stage.root, False, Disk()) == ("a", "normal")
        assert choose(stage.root, False, Disk()) == ("a", "safe")

    with_stage(story)
