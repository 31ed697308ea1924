"""How loud a channel is at a time of day. Pure."""

from hub.engine.plan import Channel, Plan

DAY_MIN = 24 * 60
ALWAYS_LOUD = 1  # emergency and shout are heard at full volume: GB 51348 lets no local setting stand in their way


def volume(plan: Plan, channel: Channel, at_ms: int) -> int:
    """Percent: what the channel's newest hour before says; before the first of the day, its last of the day before."""
    minute = (at_ms // 60_000 + plan.settings.utc_offset_min) % DAY_MIN
    loud = channel.volume
    hours = sorted(_read(hour) for hour in channel.volumes)
    if hours:
        loud = hours[-1][1]
    for begins, percent in hours:
        if begins <= minute:
            loud = percent
    return loud


def volume_of(plan: Plan, channel: Channel, priority: int, at_ms: int) -> int:
    """Percent for one announcement."""
    return 100 if priority <= ALWAYS_LOUD else volume(plan, channel, at_ms)


def _read(hour: str) -> tuple[int, int]:
    """``12:30 60`` → (minute of the day, percent)."""
    clock, _, percent = hour.partition(" ")
    return int(clock[:2]) * 60 + int(clock[3:]), int(percent)
