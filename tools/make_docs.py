"""Build the site: `make docs`. Zensical reads mkdocs.yml; the README is the first page.

Fails on a link or an anchor that leads nowhere. Then opens every page in a headless Chromium, if there is one, and
fails on a message in its console, on a request to another host, and if search or copying do not work.
"""

from __future__ import annotations

import functools
import http.server
import json
import re
import shutil
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
BUILD, SITE = ROOT / "build" / "docs", ROOT / "build" / "docs" / "site"
REPOSITORY = "https://github.com/leangraph/leangraph/blob/main/"


def gather() -> None:
    """Put the pages into one folder: those of docs/, the benchmarks, and the README as index.md."""
    shutil.rmtree(BUILD, ignore_errors=True)
    shutil.copytree(ROOT / "docs", BUILD / "docs")
    shutil.copy(ROOT / "mkdocs.yml", BUILD)
    for page in (BUILD / "docs").glob("*.md"):
        page.write_text(outward(page.read_text(encoding="utf-8"), "docs"), encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8").replace("](docs/", "](")
    (BUILD / "docs" / "index.md").write_text(outward(readme, ""), encoding="utf-8")


def outward(text: str, folder: str) -> str:
    """Let links to files that are no pages lead to the repository."""

    def target(match: re.Match[str]) -> str:
        path = match[1]
        if "://" in path or path.startswith("#") or (BUILD / "docs" / path.partition("#")[0]).exists():
            return match[0]
        return f"]({REPOSITORY}{(ROOT / folder / path).resolve().relative_to(ROOT).as_posix()})"

    return re.sub(r"\]\(([^)\s]+)\)", target, text)


class Links(HTMLParser):
    """What a page links to, and the anchors that it has."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.anchors.add(values.get("id") or values.get("name") or "")
        if tag in {"a", "link", "script", "img"}:
            self.links.add(values.get("href") or values.get("src") or "")


def broken() -> list[str]:
    """Return every link within the site that leads nowhere."""
    pages = {page: Links(page) for page in SITE.rglob("*.html")}
    wrong = []
    for page, found in pages.items():
        for link in sorted(found.links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not link or page.name == "404.html":
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            target = target / "index.html" if target.is_dir() else target
            anchor = unquote(parts.fragment)
            if not target.exists() or (anchor and target in pages and anchor not in pages[target].anchors):
                wrong.append(f"{page.relative_to(SITE)}: {link}")
    return wrong


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of requests that went well."""


def browse() -> int:
    """Open every page in Chromium; return how many there are."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pages = sorted(page.relative_to(SITE).as_posix() for page in SITE.rglob("*.html") if page.name != "404.html")
    try:
        subprocess.run(
            [
                "node",
                str(ROOT / "tools" / "browse.cjs"),
                f"http://127.0.0.1:{server.server_port}/",
                json.dumps(pages),
            ],
            cwd=BUILD,
            check=True,
            timeout=300,
        )
    finally:
        server.shutdown()
        server.server_close()
    return len(pages)


def main() -> None:
    gather()
    if shutil.which("npm") is None:
        sys.exit("npm is missing: it brings the script that draws the diagrams")
    packages = ["mermaid@12.3.0", "playwright-core@1.64.1"]
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *packages], cwd=BUILD, check=True)
    (BUILD / "docs" / "assets").mkdir()
    shutil.copy(BUILD / "node_modules" / "mermaid" / "dist" / "mermaid.min.js", BUILD / "docs" / "assets")
    subprocess.run([sys.executable, "-m", "zensical", "build", "--clean"], cwd=BUILD, check=True)
    if wrong := broken():
        sys.exit("links that lead nowhere:\n" + "\n".join(wrong))
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        print("not opened in a browser: no Chromium here; the site is", SITE)
        return
    print(browse(), "pages opened in a browser; the site is", SITE)


if __name__ == "__main__":
    main()
