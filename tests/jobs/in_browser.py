"""The overview in a real browser: `make browser`. LEANGRAPH_SHOTS is the folder that its pictures are left in."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

import pytest
from processes import run

from leangraph import Sandbox
from leangraph.cli import main

BROWSER: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS: Final = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars --enable-logging=stderr --v=0"
).split()
pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine")


@pytest.mark.parametrize("mode", ["light", "dark", "print"])
def test_the_page_looks_right_and_stays_alone(tenant: Sandbox, tmp_path: Path, mode: str) -> None:
    tenant.add_user(displayName="<script>document.title='broken'</script><img src=https://evil.example/x>")
    assert main(["overview", "--to", "tenant.html"]) == 0
    url = (tmp_path / "tenant.html").as_uri()
    shots = Path(os.environ.get("LEANGRAPH_SHOTS") or tmp_path)
    shots.mkdir(exist_ok=True)
    net = tmp_path / "net.json"
    picture = shots / f"overview-{mode}.{'pdf' if mode == 'print' else 'png'}"
    what = f"--print-to-pdf={picture}" if mode == "print" else f"--screenshot={picture}"
    dark = ["--blink-settings=preferredColorScheme=0"] if mode == "dark" else []

    own = [f"--user-data-dir={tmp_path / 'profile'}", f"--log-net-log={net}", "--window-size=1000,2000"]
    done = run(BROWSER, *FLAGS, *own, *dark, what, url)
    shown = run(BROWSER, *FLAGS, f"--user-data-dir={tmp_path / 'other'}", "--dump-dom", url)

    assert done.returncode == 0, done.stderr
    assert "CONSOLE" not in done.stderr + shown.stderr  # what a page says, errors and refusals included
    assert "evil.example" not in net.read_text(encoding="utf-8")
    assert "<title>Contoso: overview</title>" in shown.stdout
    assert picture.stat().st_size > 10_000
