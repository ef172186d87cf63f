"""What could not be read is said, with its place; what is only unusual is not."""

import pytest

from stanch.language import LONGEST_TEXT, problems
from tests.language.samples import SENTENCES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("سوق\ud800", [("lone-surrogates", "1 lone surrogate, first at character 3")]),
        ("\udc00" * 3 + "x", [("lone-surrogates", "3 lone surrogates, first at character 0")]),
        (
            "市场abc" + "\u0301" * 120_000,
            [("nothing-to-read", "120,000 characters in a row at character 5 leave nothing to read")],
        ),
        (
            ("\u200b" * 1_001 + "x") * 3,
            [
                (
                    "nothing-to-read",
                    "1,001 characters in a row at character 0 leave nothing to read, and 2 more such runs",
                )
            ],
        ),
        (
            "\ue000" * 1_001,
            [("nothing-to-read", "1,001 characters in a row at character 0 leave nothing to read")],
        ),
    ],
)
def test_problems_name_the_place(text: str, expected: list[tuple[str, str]]) -> None:
    assert problems(text) == expected


def test_a_text_that_is_too_long() -> None:
    assert problems("ab" * (LONGEST_TEXT // 2)) == []
    assert problems("ab" * (LONGEST_TEXT // 2) + "c\ud800") == [
        ("text-too-long", "of 5,000,002 characters only the first 5,000,000 were read")
    ]


@pytest.mark.parametrize(
    "text",
    [
        *SENTENCES.values(),
        "",
        "\u0301" * 1_000,
        "\n" * 5_000,
        "-" * 5_000,
        "😂" * 5_000,
        "👨\u200d👩\u200d👧" * 2_000,
        "بِسْمِ ٱللَّهِ " * 1_000,
        "می\u200cخواهم " * 1_000,
    ],
)
def test_the_ordinary_is_no_problem(text: str) -> None:
    assert problems(text) == []
