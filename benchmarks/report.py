"""The frame of every benchmark: results with their bars, beside a peer, as one JSON object or as a table."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal, Protocol

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
ASSETS = Path(os.environ.get("STANCH_ASSETS", ROOT.parent / "shared" / "assets"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """One number that a benchmark gives.

    Parameters
    ----------
    name : stays the same from run to run, with `--quick` too.
    value : None where there is nothing to measure.
    unit : of `value`, `bar` and `peer_value`; `share` is from 0 to 1, `violations` counts what may never happen.
    better : which way is better.
    bar : what `value` has to reach; None where no bar is set.
    peer : who else was measured, in the same run on the same data; `peer_value` is what they reached.
    """

    name: str
    value: float | None
    unit: str
    better: Literal["higher", "lower"]
    bar: float | None = None
    peer: str | None = None
    peer_value: float | None = None
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the bar is reached; None without a bar."""
        if self.bar is None:
            return None
        if self.value is None:
            return False
        return self.value >= self.bar if self.better == "higher" else self.value <= self.bar

    def as_dict(self) -> dict[str, object]:
        """Return the fields in the order of the reports."""
        fields = asdict(self)
        before = ("name", "value", "unit", "better", "bar")
        return {**{name: fields[name] for name in before}, "holds": self.holds, **fields}


class Measure(Protocol):
    """A benchmark: what it measures, in under a minute if it is to be quick."""

    def __call__(self, *, quick: bool) -> Iterable[Result]: ...


def report(
    bench: str, measure: Measure, *, packages: Sequence[str], arguments: Sequence[str] | None = None
) -> None:
    """Run a benchmark as a program: measure, then print.

    Parameters
    ----------
    packages : whose versions matter to the numbers.
    """
    parser = argparse.ArgumentParser(
        prog=f"dev.py bench {bench}", description=sys.modules[measure.__module__].__doc__
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="take less data, for under a minute; the names stay")
    options = parser.parse_args(arguments)
    before = os.getloadavg()[0]
    results = list(measure(quick=options.quick))
    machine = describe_machine(packages, before)
    if options.json:
        print(
            json.dumps({"bench": bench, "machine": machine, "results": [result.as_dict() for result in results]})
        )
    else:
        print_table(bench, machine, results)


def describe_machine(packages: Sequence[str], load_before: float) -> dict[str, object]:
    """Return what the numbers depend on beside the code."""
    return {
        "cores": os.cpu_count(),
        "load_before": round(load_before, 2),
        "load_after": round(os.getloadavg()[0], 2),
        "versions": {
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            **{name: version(name) for name in ("stanch", *packages)},
        },
    }


def print_table(bench: str, machine: Mapping[str, object], results: Iterable[Result]) -> None:
    """Print results for people."""
    table = Table(title=bench, caption=json.dumps(machine).replace('"', "").strip("{}"))
    for column in ("name", "value", "unit", "bar", "holds", "peer", "note"):
        table.add_column(column, overflow="fold")
    for result in results:
        table.add_row(
            result.name,
            number(result.value),
            result.unit,
            f"{'≥' if result.better == 'higher' else '≤'} {number(result.bar)}" if result.bar is not None else "",
            {True: "yes", False: "[red]no[/red]", None: ""}[result.holds],
            f"{number(result.peer_value)} ({result.peer})" if result.peer else "",
            result.note,
        )
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def number(value: float | None) -> str:
    """Write a number as short as it can be without losing what matters."""
    return "none" if value is None else f"{value:.4g}" if value < 10_000 else f"{value:,.0f}"


def require_assets() -> Path:
    """Return the folder of public test data, or end the program with what to do."""
    if not ASSETS.is_dir():
        sys.exit("public test data absent: set STANCH_ASSETS to its folder, then run the same again.")
    return ASSETS
