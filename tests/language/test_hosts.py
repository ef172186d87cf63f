"""Host names that look alike become equal, the same way on every Python."""

import pytest

from stanch.language.hosts import map_host


@pytest.mark.parametrize(
    ("written", "mapped"),
    [
        ("Example.ORG", "example.org"),
        ("ＥＸＡＭＰＬＥ。ｏｒｇ", "example.org"),  # full-width letters, ideographic full stop
        ("exam\u00adple\u200b.or\u2060g", "example.org"),  # soft hyphen, zero width space, word joiner
        ("مثال\u200cها.example", "مثالها.example"),  # ZWNJ
        ("BÜCHER.example", "bücher.example"),
        ("bu\u0308cher.example", "bücher.example"),  # decomposed
        ("straße.example", "straße.example"),  # kept: not the same host as strasse.example
        ("ΒΌΛΟΣ.example", "βόλοσ.example"),
        ("βόλος.example", "βόλος.example"),  # final sigma is kept
        ("ⓔⓧ𝐚𝗺𝓹𝔩𝕖.example", "example.example"),
        ("１２７.０.０.１", "127.0.0.1"),
        ("ﬁｒｅ.example", "fire.example"),
        ("उदाहरण.भारत", "उदाहरण.भारत"),
        ("ދިވެހި.example", "ދިވެހި.example"),
        ("例え.テスト", "例え.テスト"),
        ("㌀.example", "アパート.example"),  # one character becomes four
        ("\uff76\uff9e.example", "ガ.example"),  # half-width, composed by NFC
        ("አማርኛ.example", "አማርኛ.example"),
        ("a_b c", "a_b c"),
        ("\ud800.example", "\ud800.example"),  # refused by UTS #46: kept for the caller to judge
        ("", ""),
    ],
)
def test_map_host(written: str, mapped: str) -> None:
    assert map_host(written) == mapped
    assert map_host(mapped) == mapped
