"""The frame of the benchmarks: what a program that reads their JSON may rely on."""

import json

import pytest

from benchmarks.report import Result, report


@pytest.mark.parametrize(
    ("value", "better", "bar", "holds"),
    [
        (1.0, "higher", 1, True),
        (0.99, "higher", 1, False),
        (31, "lower", 31, True),
        (32, "lower", 31, False),
        (0, "lower", None, None),
        (None, "lower", 31, False),
    ],
)
def test_a_bar_holds_where_it_is_reached_and_never_where_nothing_was_measured(
    value: float | None, better: str, bar: float | None, holds: object
) -> None:
    result = Result(
        name="a", value=value, unit="bits", better="higher" if better == "higher" else "lower", bar=bar
    )
    assert result.holds is holds


def test_the_report_is_one_json_object_of_the_agreed_form(capsys: pytest.CaptureFixture[str]) -> None:
    seen = []

    def measure(*, quick: bool) -> list[Result]:
        seen.append(quick)
        return [
            Result(name="missed", value=0, unit="violations", better="lower", bar=0, peer="other", peer_value=2)
        ]

    report("sample", measure, packages=["numpy"], arguments=["--json", "--quick"])
    printed = json.loads(capsys.readouterr().out)
    assert seen == [True]
    assert list(printed) == ["bench", "machine", "results"]
    assert list(printed["machine"]) == ["cores", "load_before", "load_after", "versions"]
    assert {"python", "stanch", "numpy"} <= printed["machine"]["versions"].keys()
    fields = ["name", "value", "unit", "better", "bar", "holds", "peer", "peer_value", "note"]
    assert [list(result) for result in printed["results"]] == [fields]
    assert printed["results"][0]["holds"] is True


def test_without_json_the_report_is_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    missed = Result(name="missed", value=3, unit="violations", better="lower", bar=0, note="of 20")
    report("sample", lambda **_: [missed], packages=[], arguments=[])
    row = next(line for line in capsys.readouterr().out.splitlines() if "missed" in line)
    assert [cell.strip() for cell in row.split("│")][1:6] == ["missed", "3", "violations", "≤ 0", "no"]
