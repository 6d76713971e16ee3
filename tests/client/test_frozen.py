"""A frozen program: its hook is found; without our files it still prints what went wrong. See ``make frozen``."""

from __future__ import annotations

import importlib
import os
import tomllib
from pathlib import Path

from processes import python

from leangraph import Sandbox

ROOT = Path(__file__).parents[2]

WITHOUT_FILES = """
import pkgutil

def missing(*_):
    raise FileNotFoundError(2, "No such file or directory")

pkgutil.get_data = missing

from leangraph import Error, GraphClient

with GraphClient.from_env() as graph:
    print(len(graph.get("/users")["value"]))
    for path in ("/userz", "/groups", "/users/nobody", "/auditLogs/signIns"):
        try:
            graph.get(path)
        except Error as error:
            print(type(error).__name__, str(error).splitlines()[0])
"""


def test_the_hook_is_found_by_its_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, name = project["entry-points"]["pyinstaller40"]["hook-dirs"].partition(":")

    [folder] = getattr(importlib.import_module(module), name)()

    hook = (Path(folder) / "hook-leangraph.py").read_text(encoding="utf-8")
    assert "datas = " in hook
    assert "hiddenimports = " in hook


def test_without_our_files_an_error_is_told_without_advice(graph_sandbox: Sandbox) -> None:
    graph_sandbox.permissions = "enforce"
    app = graph_sandbox.add_app(roles=["User.Read.All"])
    env = {
        **os.environ,
        **graph_sandbox.env,
        "AZURE_CLIENT_ID": app.client_id,
        "AZURE_CLIENT_SECRET": app.client_secret,
    }

    done = python("-c", WITHOUT_FILES, env=env)

    assert done.stderr == ""
    assert [line.split(" ")[:2] for line in done.stdout.splitlines()] == [
        ["50"],
        ["BadRequest", "400"],
        ["Forbidden", "403"],
        ["NotFound", "404"],
        ["Forbidden", "403"],
    ]
