"""Where the benchmarks lie, and where what they build and find out goes."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent
# Everything that is built or measured; results.json, table.md and the plots are at its top.
OUTPUT = ROOT / ".build/bench"
PROGRAMS = OUTPUT / "programs"
GENERATED = OUTPUT / "generated"
INPUTS = OUTPUT / "inputs"
