"""Odd values of every sort that a request has."""

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
LITERALS = (
    *(
        "1e400",
        "-1e400",
        "NaN",
        "-Infinity",
        "1e-400",
        "9" * 400,
        "-" + "9" * 400,
        "1" * 5_000,
        "0x10",
        "01",
        "+1",
    ),
    *("null", "true", "-1", "0", "2147483648", "9223372036854775808", "1.5", "[]", "{}", '""', '"\\u0000"'),
    *('"\\ud800"', '"\\udc00\\ud800"', '"\\u202e"', '"\\x41"', '"\\u12"', "'a'", '["a", {"b": [null]}]'),
)
"""What stands where something else should, as it is written."""
WORDS = (
    *("الميناء", "بندر کشتی‌ها", "بندرگاہ", "港口今天宣布", "बंदरगाह", "ወደቡ", "ބަނދަރު", "the harbour", "לפני"),
    *(
        BIDI,
        "\0",
        "\x1b[31m",
        "\u0301" * 50,
        "\U000e0041\U000e007f",
        "\ufdd0\uffff",
        "\ufdfa" * 9,
        "<b>&#x41;</b>",
        f"&#{'9' * 5_000};",
    ),
    *(
        "&lt;a href='//x.example/a'&gt;",
        "\\u0627\\ud800",
        "hxxp://lantern[.]example/drop/7",
        "a.b@c.d",
        "\r\n\r\n",
    ),
)
KINDS = (
    *("text/plain", "application/xml", "application/x-www-form-urlencoded", "application/json; charset=utf-16"),
    *(
        "APPLICATION/JSON",
        "application/json;charset=nonsense",
        "application/json; charset=hex",
        ";;;",
        "application/",
    ),
    *(
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\xe9",
        "multipart/mixed",
    ),
    *("application/json; charset*=nonsense''utf-8", "application/json; charset*=undefined''%ff", "a" * 10_000),
)
LENGTHS = ("0", "-1", "1", "99999999999999999999", "9" * 5_000, "abc", " 5 ", "+7", "٣", "1e3", "0x10", "20971521")
PATHS = (
    *("/items/%00", "/items/%ff%fe", "/items/%", "/items/%2", "/items/%zz", "/items/%u0041", "/items/../items"),
    *(
        "/items//batch",
        "/items/%2e%2e%2fbatch",
        "/items;x=1",
        "/ITEMS",
        "/items%0d%0aX: y",
        "/items/" + "a" * 50_000,
    ),
    *(
        "/items/{0}/",
        "/items/{0}%20",
        "/items/%7B{0}%7D",
        "/banks/{0}/entries/{0}",
        "/decisions/%D9%A0",
        "/match%3f",
    ),
    "/banks/{0}/entries",
)
QUERIES = (
    *("after=", "after=%00", "after=%ff", "after=x&after=y", "limit=-1", "limit=1e3", "limit=%D9%A1", "&" * 2_000),
    *("a=1&" * 2_000, "after=" + "9" * 40_000, "limit=" + "9" * 5_000, "=", "%", "after=%7B%7D"),
)
TWO = ["a.txt", "b.png"]
NAMES = ("", "é", "a\tb", "a" * 201, "\x7f", "a" * 60_000, "\xff\xfe", " ")
