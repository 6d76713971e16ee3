"""What a ``$filter`` or ``$search`` means, in plain Python: the oracle of the SQL that the sandbox writes."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from operator import ge, gt, le, lt
from typing import Any
from uuid import UUID

from leangraph.sandbox.odata import query as odata

Doc = dict[str, Any]
_ORDER: dict[str, Callable[[Any, Any], bool]] = {"gt": gt, "ge": ge, "lt": lt, "le": le}


def matches(tree: odata.Node | None, doc: Doc) -> bool:
    """Tell whether the query keeps ``doc``: false and null both leave it out."""
    return tree is None or _truth(tree, doc, None) is True


def sort_key(doc: Doc, path: str) -> tuple[bool, str]:
    """Return what to sort by: null first, case does not count."""
    value = _value(path, doc, None)
    return (False, "") if value is None else (True, _lower(value))


def _truth(tree: odata.Node, doc: Doc, item: object) -> bool | None:
    match tree:
        case odata.And(parts):
            truths = [_truth(part, doc, item) for part in parts]
            return False if False in truths else None if None in truths else True
        case odata.Or(parts):
            truths = [_truth(part, doc, item) for part in parts]
            return True if True in truths else None if None in truths else False
        case odata.Not(part):
            truth = _truth(part, doc, item)
            return None if truth is None else not truth
        case odata.AnyOf(path, part):
            items = _value(path, doc, None)
            return any(part is None or _truth(part, doc, one) is True for one in items or ())
        case odata.Compare(path, op, value):
            return _compare(_value(path, doc, item), op, value)
        case odata.In(path, values):
            return any(_compare(_value(path, doc, item), "eq", value) for value in values)
        case odata.Call(name, path, text):
            return _call(name, _value(path, doc, item), text)


def _value(path: str, doc: Doc, item: object) -> Any:
    if path.endswith("/$count"):
        return len(_value(path.removesuffix("/$count"), doc, item) or ())
    _, inside, path = path.rpartition("[]")
    here: Any = item if inside else doc
    for name in filter(None, path.split("/")):
        here = here.get(name) if isinstance(here, dict) else None
    return here


def _compare(left: Any, op: str, right: odata.Value) -> bool:
    if op == "ne":
        return not _compare(left, "eq", right)
    if op == "has":
        return left is not None and _lower(str(right)) in _lower(left).replace(" ", "").split(",")
    if left is None or right is None:
        return op == "eq" and left is None and right is None
    if isinstance(right, str | UUID) and op == "eq":
        return _same(left, str(right))
    if isinstance(right, str | UUID):
        left, right = _lower(left), _lower(str(right))
    elif isinstance(right, date):
        left = datetime.fromisoformat(left)
        right = right if isinstance(right, datetime) else datetime(right.year, right.month, right.day, tzinfo=UTC)
    return bool(left == right if op == "eq" else _ORDER[op](left, right))


def _call(name: str, value: str | None, text: str) -> bool | None:
    if value is None:
        return None
    if name == "startswith":
        return _same(value[: len(text)], text)
    if name == "endswith":
        return _same(value[max(0, len(value) - len(text)) :], text)
    if name == "contains":
        return any(_same(value[at : at + len(text)], text) for at in range(len(value) + 1))
    pieces = {
        piece for run in value.split() for piece in [*_pieces(run), "".join(filter(str.isalnum, run)).lower()]
    }
    return all(
        any(piece.startswith(wanted) for piece in pieces) for run in text.split() for wanted in _pieces(run)
    )


def _same(value: str, literal: str) -> bool:
    return len(value) == len(literal) and all(
        mine in {letter, letter.lower(), letter.upper()} for mine, letter in zip(value, literal, strict=True)
    )


def _lower(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _pieces(run: str) -> list[str]:
    """Cut between two letters wherever they do not belong to one word or number."""
    cut = [0]
    for at in range(1, len(run)):
        one, two = run[at - 1], run[at]
        letters = one.isalpha() and two.isalpha() and not (one.islower() and two.isupper())
        if not letters and not (one.isdigit() and two.isdigit()):
            cut.append(at)
    return [run[a:b].lower() for a, b in zip(cut, [*cut[1:], len(run)], strict=True)]
