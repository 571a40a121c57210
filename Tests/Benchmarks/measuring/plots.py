"""Plots as SVG: how many times better ours is than each other, a line for each thing that was measured."""

import math
from html import escape

COLORS = {
    "swift-protobuf": "#d9480f", "grpc-swift-2": "#d9480f", "C++, heap": "#1864ab", "grpc++": "#1864ab",
    "C++, arena": "#22b8cf", "grpc-go": "#2b8a3e", "nghttpd": "#868e96",
    "sockets alone": "#343a40",
}
LEFT, RIGHT, ROW, TOP = 280, 40, 28, 84
WIDTH = 860
STYLE = """text { font: 13px -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #212529; }
.title { font-size: 16px; font-weight: 600; } .small { font-size: 11px; fill: #495057; }"""


class Axis:
    """A logarithmic scale of ratios that has 1 on it."""

    def __init__(self, values):
        self.low = min(0.8, min(values) / 1.15)
        self.high = max(1.25, max(values) * 1.15)

    def x(self, value):
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def ticks(self):
        marks = [digit * 10**power for power in range(-3, 5) for digit in (1, 2, 5)]
        return [mark for mark in marks if self.low <= mark <= self.high]


def ratio_plot(title, subtitle, groups):
    """Groups are {line: {stack: (middle, least, greatest)}}: a dot each, with a whisker from least to greatest."""
    axis = Axis([value for stacks in groups.values() for marks in stacks.values() for value in marks])
    stacks = list(dict.fromkeys(stack for of_stacks in groups.values() for stack in of_stacks))
    bottom = TOP + ROW * len(groups)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 44}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{bottom + 44}" rx="8" fill="#ffffff"/>',
        f'<text class="title" x="20" y="28">{escape(title)}</text>',
        f'<text class="small" x="20" y="46">{escape(subtitle)}</text>',
        *legend(stacks), *grid(axis, bottom),
    ]
    for index, (name, of_stacks) in enumerate(groups.items()):
        y = TOP + ROW * index + ROW // 2
        if index % 2 == 0:
            band = f'y="{y - ROW // 2}" width="{WIDTH - 24}" height="{ROW}"'
            parts.append(f'<rect x="12" {band} fill="#adb5bd" opacity="0.12"/>')
        parts.append(f'<text x="{LEFT - 12}" y="{y + 4}" text-anchor="end">{escape(name)}</text>')
        for place, stack in enumerate(stacks):
            if stack in of_stacks:
                # A little apart, so that no dot hides another.
                parts += mark(axis, y + (place - (len(stacks) - 1) / 2) * 5, stack, *of_stacks[stack])
    return "\n".join(parts) + "\n</svg>\n"


def legend(stacks):
    x = 20
    for stack in stacks:
        yield f'<circle cx="{x + 5}" cy="64" r="5" fill="{COLORS.get(stack, "#5f3dc4")}"/>'
        yield f'<text x="{x + 15}" y="68">{escape(stack)}</text>'
        x += 34 + 7.4 * len(stack)


def grid(axis, bottom):
    for tick in axis.ticks():
        x = axis.x(tick)
        color, width = ("#212529", 1.5) if tick == 1 else ("#ced4da", 1)
        yield f'<line x1="{x}" x2="{x}" y1="{TOP}" y2="{bottom}" stroke="{color}" stroke-width="{width}"/>'
        yield f'<text class="small" x="{x}" y="{bottom + 16}" text-anchor="middle">{tick:g} ×</text>'
    yield f'<text class="small" x="{axis.x(1) + 6}" y="{bottom + 34}">swift-grpc is better →</text>'


def mark(axis, y, stack, middle, least, greatest):
    color = COLORS.get(stack, "#5f3dc4")
    details = f"{escape(stack)}: {middle:.3g} × ({least:.3g}–{greatest:.3g})"
    yield (
        f'<line x1="{axis.x(least)}" x2="{axis.x(greatest)}" y1="{y}" y2="{y}" stroke="{color}" stroke-width="2" '
        f'opacity="0.45"/>')
    yield f'<circle cx="{axis.x(middle)}" cy="{y}" r="5" fill="{color}"><title>{details}</title></circle>'
