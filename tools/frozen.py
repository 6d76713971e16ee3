"""Make a one-file program of a job with PyInstaller, and run it against a sandbox: ``make frozen``."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from processes import python, run

from leangraph import Sandbox

JOB = """
from leangraph import Error, GraphClient

with GraphClient.from_env() as graph:
    print("users:", sum(1 for _ in graph.users.list(select=["id"])))
    for path in ("/userz", "/groups", "/users?$filter=displayName ne 'x'"):
        try:
            graph.get(path)
        except Error as error:
            print(f"{type(error).__name__}: {error}")
"""
WANTED = (
    "users: 30",
    "BadRequest: 400 ",
    "did you mean",
    "Forbidden: 403 ",
    "Group.Read.All",
)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, Sandbox(users=30) as sandbox:
        job = Path(folder) / "job.py"
        job.write_text(JOB, encoding="utf-8")
        made = python(
            "-m", "PyInstaller", "--onefile", "--log-level", "WARN", "--distpath", folder, "--workpath",
            f"{folder}/build", "--specpath", folder, job,
        )  # fmt: skip
        if made.returncode:
            print(made.stdout, made.stderr)
            return 1
        program = Path(folder) / ("job.exe" if os.name == "nt" else "job")
        print(f"{program.stat().st_size / 1e6:.1f} MB")
        sandbox.permissions = "enforce"
        app = sandbox.add_app(roles=["User.Read.All"])
        env = {
            **os.environ,
            **sandbox.env,
            "AZURE_CLIENT_ID": app.client_id,
            "AZURE_CLIENT_SECRET": app.client_secret,
        }
        failed = 0
        system = {"GRAPH_CA_BUNDLE": "system", "SSL_CERT_FILE": sandbox.ca_bundle}  # needs truststore, by its name
        for trust in ({}, system if sys.platform == "linux" else {}):
            done = run(program, env={**env, **trust}, cwd=Path(folder))
            print(done.stdout, done.stderr)
            failed += sum(word not in done.stdout for word in WANTED) + done.returncode
        return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
