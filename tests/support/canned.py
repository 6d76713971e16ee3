"""A plain HTTP server on this machine that says what a test tells it to, and records what arrives."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from leangraph import GraphClient, RetryPolicy, TokenHolder

TOKEN = "canary-token"


@dataclass
class Arrived:
    method: str
    target: str
    headers: dict[str, str]  # names in lower case
    body: bytes


@dataclass
class Canned:
    url: str = ""
    requests: list[Arrived] = field(default_factory=list)
    answer: Callable[[Arrived], tuple[Any, ...]] = lambda _: (200, {"value": []})
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def targets(self) -> list[str]:
        return [request.target for request in self.requests]


@contextmanager
def canned(answer: Callable[[Arrived], tuple[Any, ...]] | None = None, port: int = 0) -> Iterator[Canned]:
    """Serve ``answer``: it returns a status, a body (bytes, or anything else as JSON) and headers, or less."""
    served = Canned()
    if answer is not None:
        served.answer = answer

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            arrived = Arrived(self.command, self.path, headers, body)
            served.requests.append(arrived)
            status, content, more, *_ = (*served.answer(arrived), None, {}, {})[:3]
            more = more or {}
            if not isinstance(content, bytes | None):
                content = json.dumps(content).encode()
                more = {"Content-Type": "application/json", **more}
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            if status not in (204, 304):
                self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content or b"")

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def client_on(server: Canned, naps: list[float] | None = None, **options: Any) -> GraphClient:
    """Return a client of a server, without chance; its waits are only noted."""
    sleep = (naps if naps is not None else []).append
    policy = options.pop("retry", RetryPolicy(random=lambda: 0.0))
    return GraphClient(TokenHolder.fixed(TOKEN), url=server.url, retry=policy, sleep=sleep, **options)
