"""The registered paths: which function answers which request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from ..odata import paths
from ..wire.server import Reply
from .call import Call

Handler = Callable[[Call], Reply]


@dataclass(frozen=True)
class Endpoint:
    """A method on a path that is acted out.

    Attributes:
        partly: what of it is not acted out; empty where nothing lacks.
        options: the query options that it takes, besides ``$format``.
        fidelity: whether Graph's rules are carried out, or the metadata's alone.
    """

    method: str
    path: str
    handler: Handler
    partly: str = ""
    options: tuple[str, ...] = ()
    fidelity: Literal["acted", "typed"] = "acted"


@dataclass
class _Node:
    """One step of the registered paths; the key ``""`` stands for any key."""

    steps: dict[str, _Node] = field(default_factory=dict)
    methods: dict[str, Endpoint] = field(default_factory=dict)


_PATHS = _Node()
ENDPOINTS: list[Endpoint] = []


def on(
    method: str, *templates: str, options: tuple[str, ...] = (), partly: str = ""
) -> Callable[[Handler], Handler]:
    """Register the handler of a path such as ``/groups/{id}/members`` or ``/drives/{id}/root:/{path}:/content``.

    A step ``name(…)`` stands for a function with any arguments: ``/reports/getEmailActivityCounts(…)``.
    """

    def register(handler: Handler) -> Handler:
        for template in templates:
            node = _PATHS
            for step in _steps(template):
                node = node.steps.setdefault(step, _Node())
            if method in node.methods:
                raise ValueError(f"{method} {template} is registered twice")
            node.methods[method] = Endpoint(method, template, handler, partly, options)
            ENDPOINTS.append(node.methods[method])
        return handler

    return register


def _steps(template: str) -> list[str]:
    by_path = template.replace("{path}:", "{path}").replace(":/{path}", "/:/{path}")
    return ["" if step.startswith("{") else step.lower() for step in by_path.strip("/").split("/")]


_RESERVED = frozenset({"$count", "$ref", "$value"})  # no keys, though a name may begin with a dollar sign


def found_by(segments: list[str]) -> tuple[_Node, list[str]] | None:
    node, keys = _PATHS, []
    for number, (before, segment) in enumerate(pairwise(["", *segments])):
        low = segment.lower()
        names = (low, low.removesuffix("()").removeprefix("microsoft.graph."))
        step = next((node.steps[name] for name in names if name and name in node.steps), None)
        if step is None and "(" in low:
            step = node.steps.get(f"{low.partition('(')[0].removeprefix('microsoft.graph.')}(…)")
            if step is not None:
                keys.append(segment.partition("(")[2].removesuffix(")"))
        if step is None:
            step = node.steps.get("")
            named = before == paths.BY_PATH  # the path of a file, which may be called anything
            if step is None or not (named or (segment and low not in _RESERVED)):
                return None
            if not named and paths.is_called(segments[: number + 1]):
                return None
            keys.append(segment)
        node = step
    return node, keys
