"""Save the conditional access policies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leangraph.jobs import policies
from leangraph.system import files

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = policies.READS


def rows(graph: GraphClient, folder: Path) -> Iterator[dict[str, Any]]:
    """Save each conditional access policy as a private file in FOLDER, with the names behind its ids."""
    with files.told(f"the folder {folder} cannot be made"):
        folder.mkdir(parents=True, exist_ok=True)
    for id_, policy in policies.current(graph).items():
        plain = re.sub(r"[^a-z0-9]+", "-", str(policy["displayName"]).lower()).strip("-")[:40]
        file = folder / f"{plain or 'policy'}-{id_[:8]}.json"
        saved = {"policy": {"id": id_, **policies.stripped(policy)}, "names": policies.names(graph, policy)}
        with files.told(f"{file} cannot be written"):
            files.replace(
                file,
                f"{json.dumps(saved, ensure_ascii=False, indent=2)}\n".encode(errors="backslashreplace"),
                private=True,
            )
        yield {"policy": policy["displayName"], "state": policy["state"], "file": str(file), "id": id_}
