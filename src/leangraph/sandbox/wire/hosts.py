"""The names that the sandbox answers to: this machine's, and Microsoft's for who comes through its proxy.

Any other name in ``Host`` is refused, so that no web page reaches the sandbox by a name of its own that it lets
point to this machine (DNS rebinding). Source of the hosts: https://learn.microsoft.com/graph/deployments and
https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud
"""

LOOPBACK = ("localhost", "127.0.0.1", "::1")
MANAGEMENT = "management.azure.com"  # azure-cli asks it on its way to Graph
LOGIN = (
    "login.microsoftonline.com",
    "login.microsoft.com",
    "login.windows.net",
    "sts.windows.net",
    "login-us.microsoftonline.com",
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
MICROSOFT = frozenset((*LOGIN, *GRAPH, MANAGEMENT))
# The names of one login host: the first is the one to call, the second the one to cache under. As the public
# instance discovery of login.microsoftonline.com answers.
ALIASES = (
    ("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"),
    ("login.partner.microsoftonline.cn", "login.partner.microsoftonline.cn", "login.chinacloudapi.cn"),
    ("login.microsoftonline.us", "login.microsoftonline.us", "login.usgovcloudapi.net"),
    ("login-us.microsoftonline.com", "login-us.microsoftonline.com"),
)


def graph_of(login: str) -> str:
    """Return Graph's host in the cloud of a login host of Microsoft's, the host itself for any other."""
    if login in ALIASES[1]:
        return "microsoftgraph.chinacloudapi.cn"
    if login in ALIASES[2]:
        return "graph.microsoft.us"
    return "graph.microsoft.com" if login in LOGIN else login


def is_own(host: str) -> bool:
    """Tell whether a ``Host`` header, with or without a port, names the sandbox."""
    name = host[: host.rfind("]") + 1] if host.startswith("[") else host.partition(":")[0]
    return name.strip("[]").lower() in {*LOOPBACK, *MICROSOFT}
