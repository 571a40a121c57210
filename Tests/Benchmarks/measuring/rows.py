"""What was measured: rows of values, a few of each stack, and the ratios between them."""

import math
import statistics
from typing import NamedTuple

OURS = "swift-grpc"


class Row(NamedTuple):
    """One figure of all stacks."""

    section: str
    name: str
    unit: str
    lower_is_better: bool
    # For each stack what each round measured, or the one value of what repeats exactly; None where a round failed.
    values: dict

    def median(self, stack):
        return statistics.median(self.values[stack])

    def ratios(self, stack):
        """How many times better ours is than a stack, round by round: the rounds share what else the machine did."""
        pairs = zip(self.values[OURS], self.values[stack])
        return [(theirs / ours if self.lower_is_better else ours / theirs) for ours, theirs in pairs]

    def compares(self, stack):
        return stack != OURS and OURS in self.values and stack in self.values

    def to_json(self):
        return self._asdict()


def spread(ratios):
    """The median of some ratios, with the least and the greatest."""
    return statistics.median(ratios), min(ratios), max(ratios)


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


def in_words(value):
    """A number with three digits that count: 0.123, 12.3, 1,230, 1.23M."""
    if value >= 1e6:
        return f"{value / 1e6:.3g}M" if value < 1e9 else f"{value / 1e9:.3g}G"
    if value >= 1000:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.3g}"
