"""Write what leangraph knows about Microsoft Graph: paths, enums, permissions and rules.

Three files of Microsoft's go in, none of them kept here:

* the v1.0 metadata (CSDL, XML), https://graph.microsoft.com/v1.0/$metadata or, the same with
  annotations, https://github.com/microsoftgraph/msgraph-metadata
* the permission table (JSON, the format of https://github.com/microsoftgraph/kibali), from
  https://github.com/microsoftgraph/microsoft-graph-devx-content
* the filter table of directory objects, as lines of kind, property, operator and ``default``, ``advanced`` or
  ``no``, from https://learn.microsoft.com/graph/aad-advanced-queries

Out come ``src/leangraph/knowledge/*.json``, whose shapes ``leangraph.knowledge`` describes, and samples for the
tests under ``tests/support/fixtures``. Only names, methods and paths are taken, no text that describes them.
The same input gives the same bytes: nothing depends on time, hashing, or a compressor's version (the
files are plain text with one record on a line, so that a change can be read; the wheel packs them).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import make_rules
import pack_data
import sample_data
from pack_data import compact

from leangraph.knowledge.csdl import Metadata

PROJECT = Path(__file__).resolve().parent.parent
INPUTS = {
    "metadata": "the v1.0 metadata, CSDL",
    "permissions": "the permission table, JSON",
    "advanced": "the filter table of directory objects: kind, property, operator and where it works, with tabs",
}
KNOWLEDGE, FIXTURES = "src/leangraph/knowledge", "tests/support/fixtures"
Option = tuple[str, ...]  # permissions that are needed together; nearly always one
SCHEMES = {"application": "Application", "delegated": "DelegatedWork", "personal": "DelegatedPersonal"}


def path_data(metadata: Metadata) -> dict[str, Any]:
    """Return what is in ``paths.json``; relatives stand together, which packs best."""
    return {
        "roots": dict(sorted(metadata.roots.items())),
        "types": {name: metadata.types[name] for name in sorted(metadata.types, key=metadata.lineage)},
        "operations": {
            binding: dict(sorted(named.items())) for binding, named in sorted(metadata.operations.items())
        },
    }


def value_data(metadata: Metadata) -> dict[str, Any]:
    """Return what is in ``values.json``."""
    return {"computed": dict(sorted(metadata.computed.items())), "filled": dict(sorted(metadata.filled.items()))}


def enum_data(metadata: Metadata) -> dict[str, Any]:
    """Return what is in ``enums.json``."""
    return {"flags": sorted(metadata.flags), "members": dict(sorted(metadata.enums.items()))}


# --- the permission table -----------------------------------------------------------------------------

_KEY = re.compile(r"\{[^{}]*\}\}?|\([\w-]+\)")  # {id}; the table also has {id}} and (team-id)
_ONE_COLLECTION = re.compile(r"\{(global|quarantined)-collection-id\}")  # one well-known object, not any
_READS = re.compile(r"\.Read(?!Write)")
_SEGMENT = re.compile(r"\{id\}:?|\{path\}:?|root:|[\w.$-]+(\(\w+=\{value\}(,\w+=\{value\})*\))?")


def template(path: str) -> str | None:
    """Return the key under which ``permissions.json`` has a path, or ``None`` for one we cannot read.

    >>> template("/Teams/(team-id)/channels/{channel-id}/")
    '/teams/{id}/channels/{id}'
    >>> template("/reports/getByUser(userId='{userId}', role={role})")
    '/reports/getbyuser(userid={value},role={value})'
    >>> template("/me/drive/root:/{item-path}:/content")
    '/me/drive/root:/{path}:/content'
    """
    path = path.lower().rstrip("/")
    if _ONE_COLLECTION.search(path):
        return None
    path = re.sub(r"([\w.$-]+)\('?(\{[^{}]*\})'?\)", r"\1/\2", path)  # workflows({id}): a key in parentheses
    path = re.sub(r"=\s*'?\{[^{}]*\}'?", "={value}", path).replace(", ", ",").replace("()", "")
    segments: list[str] = []
    for segment in path.split("/")[1:]:
        key, colon, rest = segment.partition(":")
        if _KEY.fullmatch(key) and not rest:
            inside_drive = segments and segments[-1].endswith(":")
            key = "{path}" if inside_drive else "{id}"
        segments.append(key + colon + rest)
    if not all(_SEGMENT.fullmatch(segment) for segment in segments):
        return None
    return "/" + "/".join(segments)


def permission_data(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is in ``permissions.json``, with places in ``needs`` in its paths.

    ``table`` goes from a permission to the paths it opens; we go the other way, and settle three things:

    * ``AlsoRequires=B,C`` on A means A together with B, or A together with C; B comes first there.
    * A mark ``least=`` holds for every method of its path set, so ``User.ReadWrite.All`` is "least" for
      the GET that shares a set with its PATCH. Where several are marked, a GET believes those that read,
      and then, as Microsoft's own generator does, every method those that open the fewest methods here.
    * B alone is listed where A needs it. That is enough to read; for a write the pair is what counts.
    """
    permissions = table["permissions"]
    rows: dict[str, dict[str, dict[str, list[tuple[Option, bool]]]]] = {}  # path -> method -> scheme
    doors: dict[tuple[str, str, str], set[str]] = defaultdict(set)  # path, scheme, permission -> methods
    for name, permission in permissions.items():
        for path_set in permission["pathSets"]:
            for raw, note in path_set["paths"].items():
                if (path := template(raw)) is None:
                    continue
                marks = dict(part.strip().split("=", 1) for part in note.split(";") if part.strip())
                beside = [other for other in marks.get("AlsoRequires", "").split(",") if other]
                options: list[Option] = [(name, other) for other in beside] or [(name,)]
                for scheme in path_set["schemeKeys"]:
                    least = scheme in marks.get("least", "").split(",")
                    doors[path, scheme, name].update(path_set["methods"])
                    for method in path_set["methods"]:
                        found = rows.setdefault(path, {}).setdefault(method, {}).setdefault(scheme, [])
                        found += [(option, least and option == options[0]) for option in options]
    breadth: Counter[tuple[str, str]] = Counter()
    for (_, scheme, name), methods in doors.items():
        breadth[scheme, name] += len(methods)

    def ordered(scheme: str, options: Iterable[Option]) -> list[Option]:
        """Return the options without repetition: lower privilege level first, then fewer doors opened."""

        def rank(option: Option) -> tuple[int, int, Option]:
            level = max(permissions[n]["schemes"].get(scheme, {}).get("privilegeLevel", 9) for n in option)
            return level, max(breadth[scheme, n] for n in option), option

        return sorted({tuple(sorted(option)) for option in options}, key=rank)

    def choices(path: str, method: str, scheme: str) -> dict[str, list[Option]]:
        found = rows[path][method].get(scheme, [])
        marked = [option for option, least in found if least]
        if method == "GET":
            marked = [option for option in marked if _READS.search(option[0])] or marked
        reach = {option: len(doors[path, scheme, option[0]]) for option in marked}
        least = ordered(scheme, [option for option in marked if reach[option] == min(reach.values())])
        every = ordered(scheme, [option for option, _ in found])
        if method == "GET":
            every = [option for option in every if not any(set(other) < set(option) for other in every)]
        else:
            every = [option for option in every if not any(set(option) < set(other) for other in every)]
        return {
            "least": [option for option in least if option in every],
            "others": [option for option in every if option not in least],
        }

    needs: dict[str, int] = {}  # as JSON -> position: 11,000 methods share 1,400 answers
    paths: dict[str, dict[str, int]] = {}
    for path, methods_here in sorted(rows.items()):
        paths[path] = {}
        for method in sorted(methods_here):
            need = {key: choices(path, method, scheme) for key, scheme in SCHEMES.items()}
            paths[path][method] = needs.setdefault(compact(need), len(needs))
    rsc = [name for name, permission in sorted(permissions.items()) if permission["authorizationType"] == "RSC"]
    return {"rsc": rsc, "needs": [json.loads(need) for need in needs], "paths": paths}


# --- writing ------------------------------------------------------------------------------------------


def text(data: Mapping[str, Any]) -> str:
    """Return JSON with one record of each part on a line."""
    parts = []
    for name, part in data.items():
        if isinstance(part, dict):
            rows = [f"{compact(key)}:{compact(value)}" for key, value in part.items()]
            parts.append(f'"{name}":{{\n' + ",\n".join(rows) + "\n}")
        else:
            parts.append(f'"{name}":[\n' + ",\n".join(map(compact, part)) + "\n]")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def files(metadata: Path, permissions: Path, advanced: Path) -> dict[str, str]:
    """Return every generated file: path inside the project -> text."""
    model = Metadata(metadata)
    table = json.loads(permissions.read_text(encoding="utf-8-sig"))
    filters = advanced.read_text(encoding="utf-8-sig")
    needs = permission_data(table)
    known = path_data(model)
    return {
        f"{KNOWLEDGE}/paths.json": text(pack_data.paths(known)),
        f"{KNOWLEDGE}/enums.json": text(pack_data.enums(enum_data(model))),
        f"{KNOWLEDGE}/values.json": text(pack_data.values(value_data(model), known["types"])),
        f"{KNOWLEDGE}/permissions.json": text(pack_data.permissions(needs)),
        f"{KNOWLEDGE}/rules.json": text(make_rules.rule_data(model, needs, filters)),
        f"{FIXTURES}/paths.tsv": sample_data.paths(metadata),
        f"{FIXTURES}/permissions.tsv": sample_data.permissions(table),
        f"{FIXTURES}/advanced.tsv": sample_data.filters(filters),
    }


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Rewrite the data files from Microsoft's.")
    for option, what in INPUTS.items():
        parser.add_argument(f"--{option}", type=Path, required=True, metavar="FILE", help=what)
    parser.add_argument("--into", type=Path, default=PROJECT, metavar="DIR", help="project to write to")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file is not as it would be")
    args = parser.parse_args(argv)
    for option in INPUTS:
        if not getattr(args, option).is_file():
            print(
                f"error: no file {getattr(args, option)}\n"
                f"Name one with --{option} FILE; the top of {Path(__file__).name} says where Microsoft has it.\n"
                "Nothing was changed: the data in the project stays as it is.",
                file=sys.stderr,
            )
            return 2
    stale = 0
    for name, content in files(args.metadata, args.permissions, args.advanced).items():
        target: Path = args.into / name
        known = target.is_file() and target.read_bytes() == content.encode()
        stale += not known
        if not args.check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8", newline="\n")
        print(f"{name}: {len(content.encode()):,} bytes{'' if known else ', changed'}")
    return 1 if args.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
