"""What a path of the sandbox takes: the options that it declares, and no others."""

from __future__ import annotations

import pytest
from graph_calls import Graph
from shares import FULL

from leangraph.sandbox.core.call import LIST
from leangraph.sandbox.core.endpoints import ENDPOINTS


@pytest.mark.parametrize("option", LIST)
def test_a_path_refuses_the_options_that_it_does_not_declare(graph: Graph, option: str) -> None:
    """Of all paths, or of every fifth: those of an option are not those of its neighbours."""
    value = {"top": "1", "skip": "1", "count": "true", "filter": "id eq 'a'", "search": '"a:b"'}.get(option, "id")
    refused = set()
    for endpoint in ENDPOINTS if FULL else ENDPOINTS[LIST.index(option) % 5 :: 5]:
        path = endpoint.path.replace("{path}", "a.txt").replace("{id}", "ffffffff-0000-4000-8000-000000000000")
        if option in (*endpoint.options, "format") or "(…)" in path or not path.startswith("/"):
            continue
        answer = graph(endpoint.method, path, params={f"${option}": value})
        assert answer.status_code == 400, f"{endpoint.method} {path} takes ${option}"
        assert answer.json()["error"]["message"] == f"'${option}' is not supported by the service."
        refused.add(path)
    assert option == "format" or len(refused) > (50 if FULL else 50 // 5)
