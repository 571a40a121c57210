"""The results as Markdown."""

from .rows import OURS, geometric_mean, in_words, spread

LEGEND = (
    "In brackets: how many times better swift-grpc is; below 1 the other is better. Where there was more than one "
    "round, each has its own ratio, and the median, the least and the greatest are shown.")


def cell(row, stack):
    """A stack's value, and how it compares with ours."""
    if stack not in row.values:
        return "–"
    value = in_words(row.median(stack))
    return f"{value} ({ratio_in_words(row.ratios(stack))})" if row.compares(stack) else value


def short_cell(row, stack):
    """The same without the spread."""
    if stack not in row.values:
        return "–"
    value = in_words(row.median(stack))
    return f"{value} ({in_words(spread(row.ratios(stack))[0])} ×)" if row.compares(stack) else value


def ratio_in_words(ratios):
    middle, least, greatest = spread(ratios)
    if len(ratios) == 1:
        return f"{in_words(middle)} ×"
    return f"{in_words(middle)} ×, {in_words(least)}–{in_words(greatest)}"


def stacks_of(rows):
    """All stacks of some rows, in the order in which they were met, ours before all others."""
    met = dict.fromkeys(stack for row in rows for stack in row.values)
    return sorted(met, key=lambda stack: not stack.startswith(OURS))


def table(rows, title="", compare=cell):
    """A table of rows of one section."""
    stacks = stacks_of(rows)
    lines = [f"| {title} | unit | {' | '.join(stacks)} |", "|---|---|" + "--:|" * len(stacks)]
    for row in rows:
        lines.append(f"| {row.name} | {row.unit} | {' | '.join(compare(row, stack) for stack in stacks)} |")
    return "\n".join(lines)


def means(rows, key):
    """Geometric means of the ratios of groups of rows, for each stack: {group: {stack: (mean, least, greatest)}}."""
    groups = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return {
        name: {
            stack: (geometric_mean(ratios), min(ratios), max(ratios))
            for stack in stacks_of(group) if stack != OURS
            for ratios in [[spread(row.ratios(stack))[0] for row in group if row.compares(stack)]] if ratios
        }
        for name, group in groups.items()
    }


def means_table(groups, title):
    """A table of means, as of `means`."""
    stacks = list(dict.fromkeys(stack for of_stacks in groups.values() for stack in of_stacks))
    lines = [f"| {title} | {' | '.join(stacks)} |", "|---|" + "--:|" * len(stacks)]
    for name, of_stacks in groups.items():
        cells = [
            "–" if stack not in of_stacks else "{} × ({}–{})".format(*map(in_words, of_stacks[stack]))
            for stack in stacks
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)
