"""The names that the sandbox answers to: this machine's, and Microsoft's for who comes through its proxy.

Any other name in ``Host`` is refused, so that no web page reaches the sandbox by a name of its own that it lets
point to this machine (DNS rebinding). Source of the hosts: https://learn.microsoft.com/graph/deployments and
https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud
"""

LOOPBACK = ("localhost", "127.0.0.1", "::1")
LOGIN = (
    "login.microsoftonline.com",
    "login.microsoft.com",
    "login.windows.net",
    "sts.windows.net",
    "login.microsoftonline.us",
    "login.usgovcloudapi.net",
    "login.partner.microsoftonline.cn",
    "login.chinacloudapi.cn",
)
GRAPH = (
    "graph.microsoft.com",
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
)
MICROSOFT = frozenset((*LOGIN, *GRAPH))


def is_own(host: str) -> bool:
    """Tell whether a ``Host`` header, with or without a port, names the sandbox."""
    name = host[: host.rfind("]") + 1] if host.startswith("[") else host.partition(":")[0]
    return name.strip("[]").lower() in {*LOOPBACK, *MICROSOFT}
