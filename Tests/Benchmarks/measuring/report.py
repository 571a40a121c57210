"""What a run leaves behind: results.json, table.md, summary.md, and a plot for messages and one for calls."""

import json
import shutil

from . import plots, tables
from .rows import OURS, Row, spread

PLOTTED_FIGURE = ": CPU a call"
MARKS = "<!-- What make bench-publish writes. -->", "<!-- The end of it. -->"
# The rows that stand for the others in the summary, if they were measured.
SUMMARY = [
    *(f"{load}: CPU a call" for load in (
        "10 B, 1 in flight", "10 B, 100 in flight", "10 B, 8 × 100 in flight", "16 KiB, 100 in flight",
        "1 MiB, 10 in flight", "10 B, 100 in flight, TLS")),
    "16 KiB, 8 × 100 in flight: peak memory",
    "one call at a time: latency, median", "one call at a time: latency, 99 %", "100 calls in flight: calls",
    "server streaming: messages", "client streaming: messages", "ping-pong on one stream: round trips",
    "16 KiB, 100 in flight: CPU that TLS adds to a call",
    "a call, 1 call in flight on each, 1 → 1,000 connections: CPU",
    "a call, 100 in flight, 1 → 10,000 open streams: CPU", "a message, one at a time, 1 → 10,000 open streams: CPU",
    "start to first answer", "memory after the first answer", "clean release build of the server",
    "an idle connection", "an open stream",
]


def whole(rows, machine):
    """All tables, as Markdown."""
    parts = [f"Measured {machine}", tables.LEGEND]
    for section in dict.fromkeys(row.section for row in rows):
        of_section = [row for row in rows if row.section == section]
        if section == "messages":
            parts.append(tables.means_table(message_means(of_section), "messages: geometric means"))
        parts.append(tables.table(of_section, section))
    return "\n\n".join(parts) + "\n"


def summary(rows, machine):
    """The most telling rows, with the medians of the ratios only."""
    chosen = [row for name in SUMMARY for row in rows if row.name == name]
    parts = [
        f"Measured {machine}",
        "In brackets: how many times better swift-grpc is; below 1 the other is better.",
    ]
    if chosen:
        parts.append(tables.table(chosen, "calls", tables.short_cell))
    means = message_means(rows)
    if means:
        parts.append(tables.means_table(means, "messages: instructions, compared with swift-grpc"))
    return "\n\n".join(parts) + "\n"


def message_means(rows):
    """The means over all inputs, for each operation."""
    return tables.means([row for row in rows if row.section == "messages"], lambda row: row.name.split()[0])


def call_ratios(rows):
    """What the plot of calls shows: the server's CPU time under each load, and all of clients with servers."""
    shown = [row for row in rows if row.name.endswith(PLOTTED_FIGURE) or row.section == "client and server"]
    return {
        row.name.removesuffix(PLOTTED_FIGURE): {
            stack: spread(row.ratios(stack)) for stack in row.values if row.compares(stack)
        }
        for row in shown
    }


def publish(folder, results, readme):
    """Puts what a run left into the committed results, and its summary between the README's marks."""
    for name in ("table.md", "calls.svg", "messages.svg"):
        shutil.copy(folder / name, results / name)
    before, rest = readme.read_text().split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    readme.write_text(f"{before}{MARKS[0]}\n{(folder / 'summary.md').read_text()}{MARKS[1]}{after}")


def read(folder):
    """The rows of the last run."""
    file = folder / "results.json"
    return [Row(**row) for row in json.loads(file.read_text())["rows"]] if file.exists() else []


def write(rows, machine, folder):
    """Writes all files."""
    results = {"machine": machine, "rows": [row.to_json() for row in rows]}
    (folder / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False))
    (folder / "table.md").write_text(whole(rows, machine))
    (folder / "summary.md").write_text(summary(rows, machine))
    plotted = {
        "messages.svg": (
            "Instructions to code messages, compared with swift-grpc", "geometric mean over all inputs, and the range",
            message_means(rows)),
        "calls.svg": (
            "Calls, compared with swift-grpc", "CPU time of the server by load; below, client and server together",
            call_ratios(rows)),
    }
    for name, (title, subtitle, groups) in plotted.items():
        groups = {line: stacks for line, stacks in groups.items() if stacks}
        if groups:
            (folder / name).write_text(plots.ratio_plot(title, subtitle, groups))
