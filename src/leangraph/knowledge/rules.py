"""Graph's rules: what takes an advanced query, which POSTs read, what a job says when it has ended.

Pure functions of plain values. The tables are generated (``rules.json``); what Microsoft publishes in no file
stands in ``corrections``. Segments of a path are in lower case, without the version, keys included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final, Literal

from leangraph.knowledge import rule_tables
from leangraph.knowledge.corrections import ADVANCED_BEGINNINGS, DEFAULT_ORDER, DELTA_WITH_TOKEN, OWN_OPTIONS

# --- advanced queries on directory objects: https://learn.microsoft.com/graph/aad-advanced-queries

_TEXT = re.compile(r"'(?:[^']|'')*'")
_ALWAYS = re.compile(r"\bendswith\s*\(|\bne\b|\bnot\b|/\$count\b|''|\bin\s*\([^)]*\bnull\b")
_LAMBDA = re.compile(r"([\w/]+)/(?:any|all)\s*\(\s*(\w+)\s*:")
_COMPARED = re.compile(r"([\w/]+)\s+(?:(eq|in)|(ge|gt)|(le|lt))\s+(null\b)?|\b(startswith)\s*\(\s*([\w/]+)")
_PLAIN = frozenset({"select", "expand", "top", "skip", "format", "skiptoken", "deltatoken"})  # are never advanced
_CAST = re.compile(r"(?:microsoft\.)?graph\.")
_NUMBER = re.compile(r"(?<=extensionattribute)\d+$")


def advanced(segments: Sequence[str], options: Mapping[str, str]) -> tuple[bool, bool]:
    """Tell what a query lacks where it has to be an advanced one.

    Args:
        options: the query options, names in lower case and without ``$``.

    Returns:
        Whether ``ConsistencyLevel: eventual`` is needed, and whether ``$count=true`` has to be added.
    """
    if not segments or (_PLAIN.issuperset(options) and segments[-1] != "$count" and "graph." not in segments[-1]):
        return False, False
    kind, relation, counting = _directory(segments)
    if not kind:
        return False, False
    filter_, order = options.get("filter", ""), options.get("orderby", "")
    if relation:
        both = relation == "cast" or bool(filter_ or order)
    else:
        both = bool(filter_ and order) or is_advanced_filter(kind, filter_) or is_advanced_order(kind, order)
    header = both or counting or "search" in options or options.get("count", "").lower() == "true"
    return header, both and not counting and "count" not in options


def _directory(segments: Sequence[str]) -> tuple[str, str, bool]:
    """Return the type of directory object that is listed, "" for none; how it is reached; whether it is counted.

    How is "" for the directory itself, ``relation`` for what an object is related to, ``cast`` for a part of that.
    """
    parts = list(segments)
    counting = parts[-1:] == ["$count"]
    if counting:
        del parts[-1]
    cast = parts.pop().rpartition(".")[2] if parts and _CAST.match(parts[-1]) else ""
    if parts[:1] == ["directory"]:
        parts = parts[1:]
    if parts == ["deleteditems"]:  # what was deleted keeps the rules of its type
        parts = [f"{cast}s"]
    if parts[:1] == ["me"]:
        parts = ["users", *parts]
    if len(parts) not in (1, 3):
        return "", "", False
    tables = rule_tables()
    kind = tables["roots"].get(parts[0], "")
    if len(parts) == 1:
        return kind, "", counting
    related = kind if parts[2] in tables["relations"] else ""
    return related, "cast" if cast else "relation", counting


def is_advanced_filter(kind: str, text: str) -> bool:
    """Tell whether a filter of directory objects of a type works in an advanced query only."""
    if not text:
        return False
    plain = _TEXT.sub(lambda quoted: "?" if quoted[0] != "''" else "''", text).lower()
    if _ALWAYS.search(plain):
        return True
    known = rule_tables()["advanced"].get(kind, {})
    beginnings = ADVANCED_BEGINNINGS.get(kind, ())
    for name, operator in _comparisons(plain):
        listed = known.get(name, known.get(f"{name.partition('/')[0]}/*", "")).split()
        if operator in listed or (operator == "null" and "-null" not in listed) or name.startswith(beginnings):
            return True
    return False


def _comparisons(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a filter compares, and how: property without variables, ``eq ge le null`` or ``startswith``."""
    variables = {found[2]: found[1] for found in _LAMBDA.finditer(text)}
    for found in _COMPARED.finditer(text):
        name = found[7] or found[1]
        for _ in variables:  # one may stand for a path that begins with another
            first, slash, rest = name.partition("/")
            name = variables.get(first, first) + slash + rest
        equal, greater, less, null, starts = found[2], found[3], found[4], found[5], found[6]
        operator = "null" if null else "eq" if equal else "ge" if greater else "le" if less else starts
        yield _NUMBER.sub("#", name), operator


def is_advanced_order(kind: str, text: str) -> bool:
    """Tell whether directory objects of a type are sorted so in an advanced query only."""
    names = {item.split()[0].lower() for item in text.split(",") if item.strip()}
    return not names <= DEFAULT_ORDER.get(kind, frozenset())


# --- reading and writing


def reads(segments: Sequence[str]) -> bool:
    """Tell whether a POST to a path changes nothing; what is not known counts as a write.

    Source: the permission table, by which reading is enough; and the functions of workbooks, which calculate.
    """
    if not segments:
        return False
    name = segments[-1].rpartition(".")[2] if segments[-1].startswith("microsoft.graph.") else segments[-1]
    if name == "query":
        return list(segments) == ["search", "query"]
    return name in _reading() or (segments[-2:-1] == ["functions"] and "workbook" in segments[:-2])


@cache
def _reading() -> frozenset[str]:
    return frozenset(rule_tables()["reading"])


# Where DELETE …/{id} without /$ref deletes the object at the other end.
MEMBERSHIPS: Final = frozenset(
    (
        "groups/members groups/owners groups/acceptedsenders groups/rejectedsenders directoryroles/members "
        "administrativeunits/members devices/registeredowners devices/registeredusers applications/owners "
        "serviceprincipals/owners"
    ).split()
)

# --- services: https://learn.microsoft.com/graph/throttling-limits

OF_A_MAILBOX: Final = frozenset(
    (
        "calendar calendargroups calendars calendarview contactfolders contacts events inferenceclassification "
        "mailboxsettings mailfolders messages outlook people sendmail todo"
    ).split()
)
OF_THE_DIRECTORY: Final = frozenset(
    (
        "administrativeunits applications contacts contracts devices directory directoryobjects directoryroles "
        "directoryroletemplates domains groups me oauth2permissiongrants organization policies serviceprincipals "
        "subscribedskus users"
    ).split()
)

# --- long-running jobs

# What a job says while it goes on. Every other word is an end, so that a new one is not waited for in vain;
# unknownFutureValue is no word of the job's: Graph hides one that is newer than the client it knows.
RUNNING: Final = frozenset(
    (
        "activating calculating calloutsent canceling cancelling closing creating deletepending deleterequested "
        "deleting delivering establishing inprocessing inprogress initialized loadingdata notstarted pending "
        "pendingactive pendingapproval processing provisioning queued requested retrying running scheduled "
        "scheduling started starting submitted unknownfuturevalue updaterequested updating uploading validating "
        "waiting waitingforcallback"
    ).split()
)
_PARTLY: Final = re.compile(r"partial|witherrors?$|entrylevelerrors|noncriticalfailures")
_FAILED: Final = re.compile(
    r"fail|cancel|abort|error|invalid|timedout|timeout|denied|reject|skipped|expired|terminated|stopped|abandoned|"
    r"exceeded|declined|unsuccessful|quarantined"
)


def job_state(word: str) -> Literal["running", "done", "partial", "failed"]:
    """Tell how a job is from the word that its status says; "" counts as done.

    Source: every enumeration of a ``status`` or ``state`` in the v1.0 metadata.
    """
    low = word.lower()
    if low in RUNNING:
        return "running"
    if _PARTLY.search(low):
        return "partial"
    return "failed" if _FAILED.search(low) else "done"


# --- options without a $


def own_options(segments: Sequence[str]) -> Mapping[str, str]:
    """Return the query options that a path calls by a name of its own: no OData, so they go without ``$``.

    ``{"search": "search"}`` for ``/sites``; a drive's ``delta`` calls ``deltatoken`` just ``token``.
    """
    last = segments[-1] if segments else ""
    if len(segments) > 1 and last == "sites":
        return {}
    if last == "delta" and not DELTA_WITH_TOKEN.isdisjoint(segments):
        return {"deltatoken": "token"}
    return OWN_OPTIONS.get(last, {})


# --- dates that are text


def is_text_date(name: str) -> bool:
    """Tell whether a property, as a filter names it, is a date that Graph keeps as text: ``start/dateTime``."""
    return "/".join(name.lower().split("/")[-2:]) in rule_tables()["text_dates"]
