"""The MQTT session against a broker that is told what to do, over a real loopback socket."""

import asyncio

from firmware.link.client import Client
from firmware.link.sockets import open_socket
from firmware.wire import packets
from tests.portable.bench import play, quick_backoff, stop, until
from tests.portable.far_broker import FarBroker, read_filters

FILTERS = [("down/a", 0), ("down/b/+", 1)]


class Owner:
    """Notes what the link tells."""

    def __init__(self):
        self.ups = 0
        self.downs = []
        self.rooms = 0
        self.errors = []
        self.received = []
        self.on_up = None

    def link_up(self):
        self.ups += 1
        if self.on_up:
            self.on_up()

    def link_down(self, reason):
        self.downs.append(reason)

    def link_room(self):
        self.rooms += 1

    def link_error(self, text):
        self.errors.append(text)

    def link_received(self, topic, payload):
        self.received.append((topic, payload))

    def link_leaving(self):
        pass


def with_link(story, keepalive_s=15, **settings):
    """Plays ``story(broker, client, owner)`` with a link that runs; the broker obeys ``settings``."""

    async def whole():
        broker = await FarBroker().open()
        for name in settings:
            setattr(broker, name, settings[name])
        owner = Owner()
        hello = packets.connect("dev", "dev", "pw", 15, "will", b"gone")
        address = ("127.0.0.1", broker.port, None)
        client = Client(address, hello, lambda: FILTERS, owner, quick_backoff(), keepalive_s, 300)
        task = asyncio.create_task(client.run())
        try:
            await story(broker, client, owner)
        finally:
            await stop(task)
            await broker.close()

    play(whole)


def test_connects_subscribes_in_one_packet_and_says_that_it_is_up():
    async def story(broker, client, owner):
        await until(lambda: owner.ups == 1, "link up")
        assert client.is_up
        assert [kind for kind, _, _ in broker.got] == [packets.CONNECT, packets.SUBSCRIBE]
        assert read_filters(broker.of(packets.SUBSCRIBE)[0][1]) == FILTERS

    with_link(story)


def test_messages_come_through_and_qos_1_is_acknowledged():
    async def story(broker, client, owner):
        await until(lambda: client.is_up, "link up")
        await broker.send(packets.publish("down/a", b"one"), packets.publish("down/b/2", b"two", 77, True))
        await until(lambda: len(owner.received) == 2, "both messages")
        assert owner.received == [("down/a", b"one"), ("down/b/2", b"two")]
        await broker.until_got(packets.PUBACK)
        assert broker.of(packets.PUBACK) == [(0, b"\x00\x4d")]

    with_link(story)


def test_what_was_not_acknowledged_goes_again_as_a_repeat_with_the_same_packet_id():
    async def story(broker, client, owner):
        await until(lambda: client.is_up, "link up")
        for key in ("a", "b"):
            assert client.deliver(key, "up/" + key, key.encode())
        await broker.until_got(packets.PUBLISH, 2)
        first = broker.published()
        assert [is_repeat for _, _, _, is_repeat in first] == [False, False]
        broker.acks = True
        await broker.cut()
        await broker.until_got(packets.PUBLISH, 4)
        assert broker.published()[2:] == [(topic, payload, number, True) for topic, payload, number, _ in first]
        await until(lambda: not client._window, "window empty")
        assert owner.downs == [f"127.0.0.1:{broker.port} closed by the other side"]

    with_link(story, acks=False, remembers=True)


def test_a_broker_that_forgot_the_session_gets_them_as_new():
    async def story(broker, client, owner):
        await until(lambda: client.is_up, "link up")
        client.deliver("a", "up/a", b"a")
        await broker.until_got(packets.PUBLISH)
        await broker.cut()
        await broker.until_got(packets.PUBLISH, 2)
        assert [is_repeat for _, _, _, is_repeat in broker.published()] == [False, False]
        assert len(broker.of(packets.SUBSCRIBE)) == 2

    with_link(story, acks=False, remembers=False)


def test_a_resumed_session_is_subscribed_again_for_the_retained_state():
    async def story(broker, client, owner):
        await until(lambda: owner.ups == 1, "link up")
        await broker.cut()
        await until(lambda: owner.ups == 2, "link up again")
        assert [read_filters(body) for _, body in broker.of(packets.SUBSCRIBE)] == [FILTERS, FILTERS]
        assert [body[7] & 2 for _, body in broker.of(packets.CONNECT)] == [0, 0]  # clean session: never

    with_link(story, remembers=True)


def test_the_owner_decides_what_goes_first_after_a_reconnect():
    async def story(broker, client, owner):
        await until(lambda: client.is_up, "link up")
        client.deliver("late", "up/late", b"")
        await broker.until_got(packets.PUBLISH)
        owner.on_up = lambda: [client.deliver(key, "up/" + key, b"") for key in ("early", "late", "last")]
        await broker.cut()
        await broker.until_got(packets.PUBLISH, 4)
        assert [(topic, again) for topic, _, _, again in broker.published()[1:]] == [
            ("up/early", False),
            ("up/late", True),
            ("up/last", False),
        ]

    with_link(story, acks=False, remembers=True)


def test_the_window_is_bounded_and_tells_when_there_is_room():
    async def story(broker, client, owner):
        await until(lambda: client.is_up, "link up")
        taken = [client.deliver(number, "up/x", b"%d" % number) for number in range(client.window_limit + 3)]
        assert taken == [True] * client.window_limit + [False] * 3
        await broker.until_got(packets.PUBLISH, client.window_limit)
        assert owner.rooms == 0
        await broker.send(packets.puback(broker.published()[4][2]))
        await until(lambda: owner.rooms == 1, "room")
        assert client.deliver("next", "up/x", b"next")
        assert not client.deliver("one more", "up/x", b"")

    with_link(story, acks=False)


def test_the_same_message_is_not_twice_in_the_window():
    async def story(broker, client, owner):
        await until(lambda: client.is_up, "link up")
        assert client.deliver("a", "up/a", b"a")
        assert client.deliver("a", "up/a", b"a")
        client.deliver("b", "up/b", b"b")
        await broker.until_got(packets.PUBLISH, 2)
        assert broker.topics() == ["up/a", "up/b"]

    with_link(story, acks=False)


def test_packet_ids_in_use_are_not_given_again():
    async def story(broker, client, owner):
        await until(lambda: client.is_up, "link up")
        client._packet_id = 65533
        for number in range(5):
            client.deliver(number, "up/x", b"")
        client._packet_id = 65533
        client.deliver("more", "up/x", b"")
        await broker.until_got(packets.PUBLISH, 6)
        assert [packet_id for _, _, packet_id, _ in broker.published()] == [65534, 65535, 1, 2, 3, 4]

    with_link(story, acks=False)


def test_a_refused_subscription_is_an_error_that_is_told_and_tried_again():
    async def story(broker, client, owner):
        client.ask_again_ms = 20
        await until(lambda: client.is_up, "link up")
        assert owner.errors[0] == "broker refuses the subscription to down/b/+"
        broker.refuse = ()
        await broker.until_got(packets.SUBSCRIBE, 2)
        assert read_filters(broker.of(packets.SUBSCRIBE)[-1][1]) == [("down/b/+", 1)]
        assert owner.ups == 1

    with_link(story, refuse=("down/b/+",), keepalive_s=0.3)


def test_a_wrong_password_is_said_in_words():
    async def story(broker, client, owner):
        await until(lambda: owner.downs, "refusal")
        assert "refuses user or password" in owner.downs[0]
        assert not client.is_up

    with_link(story, accept=4)


def test_a_broker_that_falls_silent_is_left():
    async def story(broker, client, owner):
        await until(lambda: client.is_up, "link up")
        await until(lambda: owner.downs, "link down")
        assert "nothing heard for" in owner.downs[0]
        assert broker.of(packets.PINGREQ)
        broker.pongs = True
        await until(lambda: owner.ups == 2, "link up again")

    with_link(story, pongs=False, keepalive_s=0.3)


def test_pings_keep_a_quiet_connection():
    async def story(broker, client, owner):
        await broker.until_got(packets.PINGREQ, 5)
        assert owner.downs == []
        assert broker.connections == 1

    with_link(story, keepalive_s=0.2)


def test_a_device_that_only_hears_still_says_that_it_lives():
    async def story(broker, client, owner):
        await until(lambda: client.is_up, "link up")
        while not broker.of(packets.PINGREQ):
            await broker.send(packets.publish("down/a", b""))
            await asyncio.sleep(0.01)
        assert owner.downs == []

    with_link(story, keepalive_s=0.3)


def test_garbage_from_the_other_side_ends_the_connection_and_not_the_client():
    async def story(broker, client, owner):
        await until(lambda: client.is_up, "link up")
        await broker.send(b"\x30\xff\xff\xff\xff\xff")
        await until(lambda: owner.ups == 2, "link up again")
        assert "not MQTT" in owner.downs[0]

    with_link(story)


def test_a_message_that_is_too_long_is_an_error_and_nothing_more():
    async def story(broker, client, owner):
        await until(lambda: client.is_up, "link up")
        await broker.send(packets.publish("down/b/1", b"x" * 5000, 9), packets.publish("down/a", b"next"))
        await until(lambda: owner.received, "the next message")
        assert owner.received == [("down/a", b"next")]
        assert owner.errors == ["message on down/b/1 is longer than 300 bytes"]
        await broker.until_got(packets.PUBACK)  # or the broker would send it for ever

    with_link(story)


def test_the_backoff_learns_how_long_the_link_was_up():
    async def whole():
        broker = await FarBroker().open()
        backoff = quick_backoff()
        lasted = []
        backoff.lasted = lasted.append
        hello = packets.connect("dev", "", "", 15)
        client = Client(("127.0.0.1", broker.port, None), hello, lambda: FILTERS, Owner(), backoff)
        task = asyncio.create_task(client.run())
        await until(lambda: client.is_up, "link up")
        await asyncio.sleep(0.05)  # the time that is measured
        broker.accept = 3
        await broker.cut()
        await until(lambda: len(lasted) == 2, "two ends")
        assert 50 <= lasted[0] < 5000
        assert lasted[1] == 0  # refused: it was never up
        await stop(task)
        await broker.close()

    play(whole)


def test_nobody_there_is_said_and_tried_again():
    async def whole():
        broker = await FarBroker().open()
        await broker.close()
        owner = Owner()
        hello = packets.connect("dev", "", "", 15)
        client = Client(("127.0.0.1", broker.port, None), hello, lambda: FILTERS, owner, quick_backoff())
        task = asyncio.create_task(client.run())
        await until(lambda: len(owner.downs) > 2, "three attempts")
        assert not client.deliver("a", "up/a", b"")
        assert not client.report("up/a", b"")
        await stop(task)

    play(whole)


def test_when_stopped_it_says_goodbye():
    async def whole():
        broker = await FarBroker().open()
        owner = Owner()
        hello = packets.connect("dev", "", "", 15)
        client = Client(("127.0.0.1", broker.port, None), hello, lambda: FILTERS, owner, quick_backoff())
        owner.link_leaving = lambda: client.deliver("bye", "up/state", b"off", True)
        task = asyncio.create_task(client.run())
        await until(lambda: client.is_up, "link up")
        await stop(task)
        await broker.until_got(packets.DISCONNECT)
        assert [kind for kind, _, _ in broker.got][-2:] == [packets.PUBLISH, packets.DISCONNECT]
        await broker.close()

    play(whole)


def test_a_stop_in_the_moment_in_which_the_connection_ends_is_a_stop():
    async def whole():
        broker = await FarBroker().open()
        owner = Owner()
        sockets = []

        async def opener(host, port, tls, received):
            sockets.append(await open_socket(host, port, tls, received))
            return sockets[-1]

        hello = packets.connect("dev", "", "", 15)
        client = Client(("127.0.0.1", broker.port, None), hello, lambda: FILTERS, owner, quick_backoff(), opener=opener)
        task = asyncio.create_task(client.run())
        await until(lambda: client.is_up, "link up")
        sockets[0].close("just now")
        await stop(task)
        assert len(sockets) == 1
        await broker.close()

    play(whole)
