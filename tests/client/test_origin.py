"""Where a URL leads, read in one way: the token depends on it."""

from __future__ import annotations

import pytest
import requests
from hypothesis import example, given, settings
from hypothesis import strategies as st
from requests.adapters import HTTPAdapter
from shares import share
from urllib3 import PoolManager
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from leangraph.net.origin import host_of, is_safe, same_origin

ROOT = "https://graph.microsoft.com"


@pytest.mark.parametrize(
    "url",
    [
        ROOT,
        f"{ROOT}/",
        f"{ROOT}/v1.0/users?$top=1#x",
        f"{ROOT}?x",
        f"{ROOT}#x",
        f"{ROOT}:443/x",
        f"{ROOT}:/x",
        f"{ROOT}:0443/x",
        "HTTPS://GRAPH.MICROSOFT.COM/x",
        f"{ROOT}/https://evil.example",
        f"{ROOT}/@evil.example",
        f"{ROOT}?@evil.example",
    ],
)
def test_the_token_may_go_to_graphs_origin_however_it_is_spelled(url: str) -> None:
    assert same_origin(url, ROOT)
    assert is_safe(url)
    assert host_of(url) == "graph.microsoft.com"


HOSTILE = [
    "",
    "graph.microsoft.com",
    "//graph.microsoft.com/x",
    "https:/graph.microsoft.com/x",
    "https:graph.microsoft.com/x",
    "https://",
    "https:///graph.microsoft.com",
    "https://?graph.microsoft.com",
    "https://evil\\@graph.microsoft.com/x",
    "https://graph.microsoft.com\\@evil.example/x",
    "https://graph.microsoft.com\\.evil.example/x",
    "https:\\\\graph.microsoft.com/x",
    f"{ROOT}/\\evil.example",
    "https://user@graph.microsoft.com/x",
    "https://user:password@graph.microsoft.com/x",
    "https://graph.microsoft.com@evil.example/x",
    "https://graph.microsoft.com:443@evil.example/x",
    "https://@graph.microsoft.com/x",
    "https://graph.microsoft.com%2eevil.example/x",
    "https://graph.microsoft.com%00.evil.example/x",
    "https://graph%2Emicrosoft.com/x",
    "https://graph.microsoft.com%40evil.example/x",
    "https://graph.microsoft.com:port/x",
    "https://graph.microsoft.com:65536/x",
    "https://graph.microsoft.com:-443/x",
    "https://graph.microsoft.com:+443/x",
    "https://graph.microsoft.com:4_43/x",
    "https://graph.microsoft.com:４４３/x",
    "https://graph.microsoft.com:443:443/x",
    "https://graph.microsoft.com :443/x",
    " https://graph.microsoft.com/x",
    "https://graph.microsoft.com /x",
    "https://graph\t.microsoft.com/x",
    "ht\ntps://graph.microsoft.com/x",
    "https://graph.microsoft.com\r/x",
    "https://graph.microsoft.com/\n",
    "\0https://graph.microsoft.com/x",
    "https://[graph.microsoft.com]/x",
    "https://graph.microsoft.com[::1]/x",
    "https://[::1]graph.microsoft.com/x",
    "https://[::1/x",
    "https://::1]/x",
    "https://graph.microsoft.com℀.evil.example/x",
    "ws://graph.microsoft.com/x",
    "javascript://graph.microsoft.com/x",
]


@pytest.mark.parametrize("url", HOSTILE, ids=ascii)
def test_what_two_parsers_could_read_in_two_ways_is_no_origin(url: str) -> None:
    assert not same_origin(url, ROOT)
    assert not same_origin(url, url)
    assert not is_safe(url)
    assert host_of(url) == "a malformed URL"


@pytest.mark.parametrize(
    "url",
    [
        "http://graph.microsoft.com/x",
        "https://graph.microsoft.com:80/x",
        "https://graph.microsoft.com:0/x",
        "https://graph.microsoft.com:8443/x",
        "https://graph.microsoft.com./x",
        "https://graph.microsoft.com../x",
        "https://.graph.microsoft.com/x",
        "https://evil.example/graph.microsoft.com",
        "https://graph.microsoft.com.evil.example/x",
        "https://evil-graph.microsoft.com/x",
        "https://graph。microsoft.com/x",
        "https://ｇraph.microsoft.com/x",
        "https://graph.microſoft.com/x",
        "https://grаph.microsoft.com/x",  # a Cyrillic а
        "https://xn--grph-43d.microsoft.com/x",
        "https://[::1]/x",
        "https://graph.microsoft.com;evil.example/x",
        "https://graph.microsoft.com,evil.example/x",
    ],
    ids=ascii,
)
def test_the_token_goes_to_no_other_origin(url: str) -> None:
    assert not same_origin(url, ROOT)
    assert not same_origin(ROOT, url)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://cdn.example/x", True),
        ("http://cdn.example/x", False),
        ("http://localhost/x", True),
        ("http://LOCALHOST:8080/x", True),
        ("http://127.0.0.1/x", True),
        ("http://127.255.0.9:1/x", True),
        ("http://[::1]:8080/x", True),
        ("http://[0:0:0:0:0:0:0:1]/x", True),
        ("http://localhost./x", False),
        ("http://localhost.evil.example/x", False),
        ("http://127.0.0.1.evil.example/x", False),
        ("http://127.1/x", False),
        ("http://2130706433/x", False),
        ("http://0x7f.0.0.1/x", False),
        ("http://0.0.0.0/x", False),
        ("http://[::]/x", False),
        ("http://[::ffff:127.0.0.1]/x", False),
        ("http://[fe80::1%25lo]/x", False),
        ("http://ⓛocalhost/x", False),
        ("http://127.0.0.1@evil.example/x", False),
        ("http://evil.example[::1]/x", False),
        ("ftp://localhost/x", False),
    ],
    ids=ascii,
)
def test_plain_http_is_for_this_machine_only(url: str, safe: bool) -> None:
    assert is_safe(url) == safe


def test_an_ipv6_root_is_an_origin_like_any_other() -> None:
    assert same_origin("http://[::1]:8080/x", "http://[::1]:8080")
    assert not same_origin("http://[::1]:8081/x", "http://[::1]:8080")
    assert not same_origin("http://[::2]:8080/x", "http://[::1]:8080")


def connection(url: str) -> tuple[str, str, int] | None:
    """Return where requests and urllib3 would connect to, ``None`` if they would not."""
    request = requests.PreparedRequest()
    request.url = url
    try:
        host, _ = HTTPAdapter().build_connection_pool_key_attributes(request, True)
        pool = PoolManager().connection_from_host(**host)
    except (ValueError, LocationParseError):
        return None
    assert pool.port is not None
    return pool.scheme, pool.host, pool.port


ROOTS = [ROOT, f"{ROOT}:8443", "http://127.0.0.1:8099", "http://[::1]:8099", "https://localhost"]
PIECES = [
    *(
        "https://",
        "http://",
        "HTTPS://",
        "://",
        ":",
        "/",
        "//",
        "?",
        "#",
        "@",
        "\\",
        "[",
        "]",
        "%",
        "%2e",
        "%40",
        ";",
    ),
    *("graph.microsoft.com", "GRAPH.microsoft.com", "graph.", "microsoft.com", "evil.example", "127.0.0.1", "."),
    *("localhost", "::1", "[::1]", "user", "443", "8443", "8099", ":443", ":0", "\t", "\n", " ", "\0"),
    *("。", "ⓛ", "ﬀ", "℀", "İ", "ſ", "K"),
]
URLS = st.lists(st.sampled_from(PIECES) | st.characters(codec="utf-8"), max_size=8).map("".join)


@settings(max_examples=share(500))
@given(st.sampled_from(ROOTS), URLS, URLS, st.booleans())
@example(ROOT, "", ":0/", True)
@example(ROOT, "", ":000443/", True)
@example("http://[::1]:8099", "", "\\@evil.example", True)
def test_what_is_taken_for_an_origin_is_where_the_connection_goes(
    root: str, before: str, after: str, near: bool
) -> None:
    url = f"{before}{root if near else ''}{after}"
    goal = connection(root)
    connected = connection(url)

    if same_origin(url, root):
        assert connected == goal
        assert requests.Request("GET", url).prepare().url is not None
        read = parse_url(url)
        port = {"http": 80, "https": 443}[str(read.scheme)] if read.port is None else read.port
        assert goal == (read.scheme, str(read.host).strip("[]"), port)
        assert read.auth is None
    if is_safe(url) and connected is not None:
        scheme, host, _ = connected
        assert scheme == "https" or host.strip("[]") in ("127.0.0.1", "localhost", "::1")
        assert host.strip("[]") == host_of(url) or not host_of(url).isascii()
