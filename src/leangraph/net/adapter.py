"""Where our own session keeps its connections: one TLS context, sockets kept alive."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter

from leangraph.net.framing import POOLS
from leangraph.net.trust import tls_context

POOL_SIZE = 64  # 10, the default, threw away connections at 32 threads


def _keepalive() -> list[tuple[int, int, int]]:
    """Return the options of a socket: probes that keep a load balancer from forgetting an idle connection."""
    options = [*urllib3.connection.HTTPConnection.default_socket_options]
    options.append((socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1))
    for name, seconds in (("TCP_KEEPIDLE", 60), ("TCP_KEEPALIVE", 60), ("TCP_KEEPINTVL", 30)):
        if hasattr(socket, name):  # the second is macOS's name for the first
            options.append((socket.IPPROTO_TCP, getattr(socket, name), seconds))

    return options


_SOCKET = _keepalive()


class Adapter(HTTPAdapter):
    """An adapter that makes its TLS context once.

    ``requests`` loads the CA bundle anew for every connection: 10 to 20 ms each.
    """

    def __init__(self, verify: bool | str, context: ssl.SSLContext | None) -> None:
        self._trust = verify
        self._context = context
        self._lock = threading.Lock()
        super().__init__(pool_connections=POOL_SIZE, pool_maxsize=POOL_SIZE)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, socket_options=_SOCKET, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        if proxy.lower().startswith("https:"):
            options["proxy_ssl_context"] = self._tls()
        manager = super().proxy_manager_for(proxy, socket_options=_SOCKET, **options)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> tuple[Any, Any]:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        if host["scheme"] == "https":
            pool.pop("ca_certs", None)
            pool.pop("ca_cert_dir", None)
            pool["ssl_context"] = self._tls()
        return host, pool

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Do nothing: the context knows whom to trust."""

    def _tls(self) -> ssl.SSLContext:
        with self._lock:
            if self._context is None:
                self._context = tls_context(self._trust)
            return self._context
