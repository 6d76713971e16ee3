"""What the scripts of the command lines share: a command is run as a person would, and its JSON is read."""

from __future__ import annotations

import json
import subprocess
from typing import Any


def run(*command: str) -> Any:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:4])}: {done.stdout[-800:]} {done.stderr[-800:]}")
    text = done.stdout.strip()
    return json.loads(text) if text[:1] in ("{", "[", '"') or text.isdigit() else text or True
