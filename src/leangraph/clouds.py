"""Login host, Graph root and scope of each Microsoft cloud, and the defaults that hold everywhere.

Source: https://learn.microsoft.com/graph/deployments and
https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud
"""

from __future__ import annotations

import ipaddress
from typing import Final, NamedTuple


class Cloud(NamedTuple):
    """One Microsoft cloud. Tokens of one do not work in another."""

    name: str
    login: str  # https://host, the first of ``login_hosts``
    graph: str  # https://host
    login_hosts: frozenset[str]  # every name by which the login service of this cloud is known

    @property
    def scope(self) -> str:
        return f"{self.graph}/.default"


_US_LOGIN = frozenset({"login.microsoftonline.us", "login-us.microsoftonline.com", "login.usgovcloudapi.net"})
CLOUDS: Final[dict[str, Cloud]] = {
    cloud.name: cloud
    for cloud in (
        Cloud(
            "public",
            "https://login.microsoftonline.com",
            "https://graph.microsoft.com",
            frozenset(
                {
                    "login.microsoftonline.com",
                    "login.microsoft.com",
                    "login.windows.net",
                    "sts.windows.net",
                }
            ),
        ),
        Cloud("usgov", "https://login.microsoftonline.us", "https://graph.microsoft.us", _US_LOGIN),
        Cloud("usgov-dod", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us", _US_LOGIN),
        Cloud(
            "china",
            "https://login.partner.microsoftonline.cn",
            "https://microsoftgraph.chinacloudapi.cn",
            frozenset({"login.partner.microsoftonline.cn", "login.chinacloudapi.cn"}),
        ),
    )
}
PUBLIC: Final = CLOUDS["public"]

# What holds where nobody decides otherwise. They stand here because settings.py, which loads
# pydantic, and the client, which must work without it, both need them.
VERSION: Final = "v1.0"
TIMEOUT: Final = 100.0  # seconds to wait for one reply: at 30 s slow writes end with unknown outcome
CONNECT_TIMEOUT: Final = 5.0  # seconds
MAX_RETRIES: Final = 8
PATIENCE: Final = 300.0  # seconds: the longest total wait between the attempts of one request
DEADLINE: Final = 900.0  # seconds: the longest time of one call in all, each of its attempts and waits included
MAX_BODY: Final = 128 * 1024 * 1024  # bytes, decoded: the longest answer that is kept in memory


def of_login_host(host: str) -> list[Cloud]:
    """Return the clouds whose login service answers to this host: none, one, or both US ones."""
    return [cloud for cloud in CLOUDS.values() if host.lower() in cloud.login_hosts]


def of_graph_host(host: str) -> Cloud | None:
    """Return the cloud whose Graph root is this host."""
    return next((cloud for cloud in CLOUDS.values() if cloud.graph == f"https://{host.lower()}"), None)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine: exactly ``localhost``, 127.0.0.0/8 or ``::1``."""
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return address in _LOOPBACK4 if address.version == 4 else address == _LOOPBACK6


_LOOPBACK4 = ipaddress.IPv4Network("127.0.0.0/8")
_LOOPBACK6 = ipaddress.IPv6Address("::1")
