"""A sketch of durations: mean exact, percentiles within 2 %, and two of them can be put together."""

import math

import msgspec

ERROR = 0.02  # of a percentile, in parts of it; below a second: a second
_GROWTH = (1 + ERROR) / (1 - ERROR)
_LOG = math.log(_GROWTH)


class Sketch(msgspec.Struct, array_like=True):
    """A histogram over bounds that grow by the same factor: bucket ``n`` is (growth^(n-1), growth^n] seconds."""

    count: int = 0
    sum_ms: int = 0
    buckets: dict[int, int] = msgspec.field(default_factory=dict)

    def add(self, ms: int, times: int = 1) -> None:
        """One more duration, ``ms`` ≥ 0; ``times`` -1 takes one back that was added."""
        bucket = math.ceil(math.log(ms / 1000) / _LOG) if ms > 1000 else 0
        self.count += times
        self.sum_ms += ms * times
        left = self.buckets.get(bucket, 0) + times
        if left:
            self.buckets[bucket] = left
        else:
            del self.buckets[bucket]

    def merge(self, other: "Sketch") -> None:
        """All that ``other`` has, too."""
        self.count += other.count
        self.sum_ms += other.sum_ms
        mine = self.buckets
        for bucket, count in other.buckets.items():
            mine[bucket] = mine.get(bucket, 0) + count

    def mean_s(self) -> float | None:
        """None when there is nothing in it."""
        return self.sum_ms / self.count / 1000 if self.count else None

    def quantile_s(self, part: float) -> float | None:
        """So long or less took ``part`` (0 to 1) of them, the nearest rank; None when there is nothing in it."""
        if not self.count:
            return None
        rank = max(1, math.ceil(part * self.count))
        seen = 0
        for bucket in sorted(self.buckets):
            seen += self.buckets[bucket]
            if seen >= rank:
                return _middle_s(bucket)
        return None


def _middle_s(bucket: int) -> float:
    """As far from both bounds, in parts of the duration."""
    return 2 * float(_GROWTH**bucket) / (_GROWTH + 1) if bucket else 0.5
