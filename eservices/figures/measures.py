"""The figures of one service, office or person, and what is worked out from them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from eservices.figures.facts import bin_start

AGES = (3, 7, 15, 30)  # limits of the age groups of what is open, in days
ADDED = (
    "received", "withdrawn", "taken", "stages", "complements", "granted", "refused", "on_time",
    "with_deadline", "seconds", "overdue",
)  # fmt: skip


@dataclass
class Figures:
    received: int = 0
    withdrawn: int = 0
    taken: int = 0
    stages: int = 0
    complements: int = 0
    granted: int = 0
    refused: int = 0
    on_time: int = 0
    with_deadline: int = 0
    seconds: int = 0  # of all delays
    overdue: int = 0
    delays: Counter[int] = field(default_factory=Counter)  # class of delay → decisions
    motives: Counter[tuple[int, str]] = field(default_factory=Counter)
    ages: list[int] = field(default_factory=lambda: [0] * (len(AGES) + 1))

    @property
    def decided(self) -> int:
        return self.granted + self.refused

    @property
    def open(self) -> int:
        return sum(self.ages)

    @property
    def average(self) -> timedelta | None:
        return timedelta(seconds=self.seconds // self.decided) if self.decided else None

    @property
    def median(self) -> timedelta | None:
        return self.within(50)

    @property
    def slowest_tenth(self) -> timedelta | None:
        """The delay that nine decisions in ten did not exceed."""
        return self.within(90)

    def within(self, per_cent: int) -> timedelta | None:
        """Return the delay that so many per cent of the decisions did not exceed (nearest rank).

        As told: whole hours below two days, whole days above.
        """
        rank = -(-self.decided * per_cent // 100)
        seen = 0
        for number in sorted(self.delays):
            seen += self.delays[number]
            if seen >= rank:
                return bin_start(number)
        return None

    @property
    def share_on_time(self) -> int | None:
        """Per cent of the decisions that had a deadline; never rounded up to a hundred."""
        return 100 * self.on_time // self.with_deadline if self.with_deadline else None


def total(parts: Iterable[Figures]) -> Figures:
    """Add figures up; the delays of all are looked at together."""
    whole = Figures()
    for part in parts:
        for name in ADDED:
            setattr(whole, name, getattr(whole, name) + getattr(part, name))
        whole.delays += part.delays
        whole.motives += part.motives
        whole.ages = [old + new for old, new in zip(whole.ages, part.ages, strict=True)]
    return whole
