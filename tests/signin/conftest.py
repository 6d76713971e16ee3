"""What the tests of signing in share."""

from __future__ import annotations

import webbrowser
from collections.abc import Iterator

import pytest
import requests
from signin import Robot

from leangraph import Sandbox
from leangraph.net.session import HttpSession
from leangraph.sandbox.login.registry import App


@pytest.fixture
def http(graph_sandbox: Sandbox) -> Iterator[HttpSession]:
    """A session that trusts the sandbox."""
    session = HttpSession(ca_bundle=graph_sandbox.ca_bundle)
    yield session
    session.close()


@pytest.fixture
def robot(web: requests.Session, monkeypatch: pytest.MonkeyPatch) -> Robot:
    made = Robot(web)
    monkeypatch.setenv("BROWSER", "robot")  # else MSAL looks for Edge
    monkeypatch.setattr(webbrowser, "open", made.open)
    return made


@pytest.fixture
def desktop(graph_sandbox: Sandbox) -> App:
    return graph_sandbox.add_app("desktop", public=True, redirect_uris=["http://localhost"])
