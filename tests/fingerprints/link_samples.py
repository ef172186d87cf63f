"""Links to try things on: hosts and paths in many scripts, and what people do to them."""

from random import Random

from hypothesis import strategies as st

# Unicode and ASCII form, of names made up for these tests.
HOSTS = {
    "Arabic": ("فانوس.شبكة", "xn--mgby3bvk.xn--ngbc5azd"),
    "Persian": ("چراغ.ایران", "xn--mgbt2a0z.xn--mgba3a4f16a"),
    "Urdu": ("چراغ.پاکستان", "xn--mgbt2a0z.xn--mgbai9azgqp6j"),
    "Chinese": ("灯笼.中国", "xn--znx83u.xn--fiqs8s"),
    "Hindi": ("लालटेन.भारत", "xn--c2bs2aa3dwc.xn--h2brj9c"),
    "Amharic": ("ፋኖስ.ኢትዮጵያ", "xn--syd7qkt.xn--m0d3gwjla96a"),
    "Thaana": ("ފާނޫސް.example", "xn--jqbpt4gva5a.example"),
    "Russian": ("фонарь.рф", "xn--80azckq6c.xn--p1ai"),
    "English": ("lantern.example", "lantern.example"),
    "a name of many": ("a.b-c.фонарь.灯笼.example", "a.b-c.xn--80azckq6c.xn--znx83u.example"),
}

WORDS = (
    "a",
    "b.html",
    "صفحة",
    "نگاره‌ها",
    "页面",
    "पृष्ठ",
    "ገጽ",
    "ޞަފްޙާ",
    "Straße",
    "%",
    "100%25",
    "x y",
    "é",
    "@u",
    "~t",
)

hosts = st.sampled_from([host for pair in HOSTS.values() for host in pair])
segments = st.one_of(
    st.sampled_from([word for word in WORDS if " " not in word and word != "%"]),
    st.text(
        st.characters(exclude_characters="/\\?#", exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), max_size=4
    ),
)
parameters = st.sampled_from(["v=1", "q=قلم", "q=%D9%82", "v=2", "b", "ab=x+y"])


@st.composite
def links(draw: st.DrawFn) -> str:
    """Draw a link with a path, and at times a port, a query string and a route."""
    path = "".join(f"/{segment}" for segment in draw(st.lists(segments, max_size=4)))
    query = "&".join(draw(st.lists(parameters, max_size=3)))
    route = draw(st.sampled_from(["", "", "#!/r/s", "#/r", "#top"]))
    port = draw(st.sampled_from(["", "", ":8080"]))
    return f"https://{draw(hosts)}{port}{path}{'?' if query else ''}{query}{route}"


def defanged(link: str, random: Random) -> str:
    """Return a link as people write it to keep it from being clicked."""
    scheme, _, rest = link.partition("://")
    host, slash, path = rest.partition("/")
    dot = random.choice(["[.]", "(.)", "{.}", "[dot]", "(DOT)", " [.] ", "。", "．"])
    colon = random.choice(["://", "[:]//", "[://]", ":[/][/]", "：／／", " :// ", ":\\\\"])
    scheme = scheme.replace("http", random.choice(["hxxp", "hXXp", "h**p", "hxtp", "HTTP"]))
    return f"{scheme}{colon}{host.replace('.', dot)}{slash}{path}"


def disguised(link: str, random: Random) -> str:
    """Return the same place in another spelling: capitals, percent-encoding, default port, dots, tracking."""
    host, _, path = link.partition("://")[2].partition("/")
    host = random.choice(
        [host.upper(), host + ".", "www." + host, "user:word@" + host, f"{host[:1]}\u200b{host[1:]}"]
    )
    port = random.choice(["", ":443", ":"])
    path = random.choice(["./", "x/../", "/", ""]) + "".join(_spelled(sign, random) for sign in path)
    tail = random.choice(["", "/", "#top", "?utm_source=mail", "?fbclid=1&gclid=2"])
    return f"{random.choice(['http', 'https', 'HTTPS'])}://{host}{port}/{path}{tail}"


def _spelled(sign: str, random: Random) -> str:
    if sign == "/" or random.random() < 0.5:
        return sign
    return "".join(random.choice(["%{:02x}", "%{:02X}"]).format(byte) for byte in sign.encode())
