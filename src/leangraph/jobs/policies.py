"""Conditional access policies as files: without what Graph alone writes, and with the names of ids."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from leangraph.errors import ConfigurationError
from leangraph.http.options import odata
from leangraph.jobs.people import GUID
from leangraph.system import files

if TYPE_CHECKING:
    from leangraph.client import GraphClient

ROOT: Final = "/identity/conditionalAccess"
POLICIES: Final = f"{ROOT}/policies"
READS: Final = (f"GET {POLICIES}", f"GET {ROOT}/namedLocations", "POST /directoryObjects/getByIds",
                "GET /servicePrincipals", "GET /directoryRoleTemplates")  # fmt: skip
_WRITTEN_BY_GRAPH: Final = frozenset(
    {"id", "createdDateTime", "modifiedDateTime", "deletedDateTime", "templateId"}
)


def current(graph: GraphClient) -> dict[str, dict[str, Any]]:
    """Return the policies of the tenant by id, as Graph sends them."""
    return {each["id"]: dict(each) for each in graph.list(POLICIES)}


def stripped(policy: Any, *, top: bool = True) -> Any:
    """Return what of a policy can be sent again: without what Graph alone writes, annotations and nulls."""
    if isinstance(policy, Mapping):
        return {
            name: stripped(value, top=False)
            for name, value in policy.items()
            if "@" not in name and value is not None and not (top and name in _WRITTEN_BY_GRAPH)
        }
    return [stripped(each, top=False) for each in policy] if isinstance(policy, list) else policy


def names(graph: GraphClient, policies: Any) -> dict[str, str]:
    """Return the names of all ids that stand in policies."""
    ids = sorted({match[0] for match in re.finditer(GUID.pattern, json.dumps(policies), re.IGNORECASE)})
    found = {
        each["id"]: each["displayName"] for each in graph.list(f"{ROOT}/namedLocations", select="id,displayName")
    }
    found |= {each["id"]: each["displayName"] for each in graph.list("/directoryRoleTemplates")}
    for at in range(0, len(ids), 1000):
        for each in graph.post("/directoryObjects/getByIds", {"ids": ids[at : at + 1000]})["value"]:
            found[each["id"]] = each.get("userPrincipalName") or each.get("displayName") or each["id"]
    rest = [id_ for id_ in ids if id_ not in found]
    for at in range(0, len(rest), 15):  # so many values a filter takes
        text = odata("appId in {}", rest[at : at + 15])
        found |= {each["appId"]: each["displayName"] for each in
                  graph.list("/servicePrincipals", filter=text, select="appId,displayName")}  # fmt: skip
    return {id_: found[id_] for id_ in ids if id_ in found}


def load(place: Path) -> dict[str, dict[str, Any]]:
    """Return the policies of a file, or of all files of a folder, by id: ``{"policy": {…}, "names": {…}}`` each.

    Raises:
        ConfigurationError: there is none, or a file is something else.
    """
    found = {}
    with files.told(f"{place} cannot be read"):
        for file in sorted(place.glob("*.json")) if place.is_dir() else [place]:
            try:
                saved = json.loads(file.read_text(encoding="utf-8"))
                found[str(saved["policy"]["id"])] = saved
            except (ValueError, KeyError, TypeError):
                raise ConfigurationError(f"{file} is no policy that ca-backup has saved") from None
    if not found:
        raise ConfigurationError(f"{place} has no policies: make them with ca-backup")
    return found
