"""``graph.users[id].manager``: what it addresses, and that looking at it sends nothing."""

from __future__ import annotations

import collections.abc
import copy
import inspect
import json
import os
import pickle
import pprint
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from canned import Arrived, Canned, canned

from leangraph import Address, ConfigurationError, GraphClient, Sandbox, TokenHolder
from leangraph.address import ROOTS, unknown_root

GUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


@pytest.fixture
def server() -> Iterator[Canned]:
    with canned(answer) as served:
        yield served


def answer(seen: Arrived) -> tuple[Any, ...]:
    return (
        (200, b"7", {"Content-Type": "text/plain"}) if "$count" in seen.target else (200, {"value": [{"id": 1}]})
    )


# -- what it addresses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("say", "path"),
    [
        (lambda graph: graph.users, "/users"),
        (lambda graph: graph.users["ada@contoso.com"], "/users/ada@contoso.com"),
        (lambda graph: graph.users["a#EXT#@b"].manager, "/users/a%23EXT%23@b/manager"),
        (lambda graph: graph.users["a/b"]["c/d"], "/users/a%2Fb/c%2Fd"),
        (lambda graph: graph.users["$Adele@b"].memberOf, "/users('$Adele@b')/memberOf"),
        (lambda graph: graph.users["o'b"], "/users/o%27b"),
        (lambda graph: graph.users[UUID(GUID)], f"/users/{GUID}"),
        (lambda graph: graph.users[7], "/users/7"),
        (lambda graph: graph.users["x"]["manager"], "/users/x/manager"),
        (lambda graph: graph.groups[GUID].members["u"] / "$ref", f"/groups/{GUID}/members/u/$ref"),
        (
            lambda graph: graph.groups["g"].members / "microsoft.graph.user",
            "/groups/g/members/microsoft.graph.user",
        ),
        (lambda graph: graph.users["x"].photo / "$value", "/users/x/photo/$value"),
        (lambda graph: graph.me.drive / "root:/a b/c.txt:" / "content", "/me/drive/root:/a b/c.txt:/content"),
        (lambda graph: graph.drives["d"].items["i"] / ":/new.txt:/content", "/drives/d/items/i:/new.txt:/content"),
        (lambda graph: graph.users / "/x//y", "/users/x//y"),
        (lambda graph: graph.sites["h,1,2"] / "lists", "/sites/h,1,2/lists"),
        (lambda graph: graph.users["x"] / "list" / "get", "/users/x/list/get"),
        (lambda graph: graph.deviceManagement.managedDevices, "/deviceManagement/managedDevices"),
        (lambda graph: graph.users["x"].import_, "/users/x/import_"),
    ],
)
def test_an_address_says_a_path(
    graph: GraphClient, server: Canned, say: Callable[[GraphClient], Address], path: str
) -> None:
    address = say(graph)

    assert type(address) is Address
    assert str(address) == f"{address}" == path
    assert repr(address) == f"<Address {path}>"
    assert address == Address(graph._core, path)
    assert server.requests == []


@pytest.mark.parametrize(
    ("say", "target"),
    [
        (lambda graph: graph.users["a#b c"].manager, "/v1.0/users/a%23b%20c/manager"),
        (
            lambda graph: graph.me.drive / "root:/50% of a#b ü:" / "content",
            "/root:/50%25%20of%20a%23b%20%C3%BC:/content",
        ),
        (lambda graph: graph.groups["g"].members["u"] / "$ref", "/v1.0/groups/g/members/u/$ref"),
        (lambda graph: graph.users["%23"], "/v1.0/users/%2523"),
        (lambda graph: graph.users / "%23", "/v1.0/users/%23"),
    ],
)
def test_a_key_is_encoded_and_what_is_appended_is_sent_as_it_is(
    graph: GraphClient, server: Canned, say: Callable[[GraphClient], Address], target: str
) -> None:
    say(graph).get()

    assert server.targets[0].endswith(target)


@pytest.mark.parametrize(
    "key", ["", " ", ".", "..", "a\\b", "a\n", None, True, 1.5, b"x", ("a", "b"), slice(1, 2), ["a"]], ids=ascii
)
def test_what_is_no_key_addresses_nothing(graph: GraphClient, server: Canned, key: Any) -> None:
    with pytest.raises(ConfigurationError, match="not a key"):
        graph.users[key]

    assert server.requests == []


@pytest.mark.parametrize("text", ["..", "../groups", "x/%2e%2e", "a\\b", "a\r\nb"])
def test_what_is_appended_leads_nowhere_else(graph: GraphClient, server: Canned, text: str) -> None:
    with pytest.raises(ConfigurationError):
        (graph.users / text).get()

    assert server.requests == []


@pytest.mark.parametrize("text", [5, None, b"x", ["x"]])
def test_only_text_is_appended(graph: GraphClient, text: Any) -> None:
    with pytest.raises(TypeError):
        graph.users / text
    with pytest.raises(TypeError):
        graph.users / graph.groups


def test_addresses_find_what_is_in_a_tenant(graph_client: GraphClient, graph_sandbox: Sandbox) -> None:
    upn = "a_x.com#EXT#@contoso.com"
    graph_sandbox.add_domain("contoso.com")
    made = graph_sandbox.add_user(userPrincipalName=upn, displayName="O'Brien")

    assert graph_client.users[upn].get(select="id")["id"] == made["id"]
    assert (graph_client.users / made["id"]).get(select="id")["id"] == made["id"]
    assert graph_client.users.count() == graph_sandbox.users == len(list(graph_client.users.list(top=20)))
    graph_client.users[upn].patch({"jobTitle": "Clerk"})
    assert graph_client.users[UUID(made["id"])].get(select="jobTitle")["jobTitle"] == "Clerk"
    graph_client.users[upn].delete()
    assert graph_client.users.count() == graph_sandbox.users


# -- the verbs ------------------------------------------------------------------------------------------------

VERBS = {"count", "delete", "get", "list", "patch", "post", "put", "request"}
ELSEWHERE = {"delta", "download", "report", "upload"}  # tested in files of their own
CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("get", (), {"select": ["id"], "headers": {"Prefer": "x"}, "params": {"y": 1}}),
    ("list", (), {"top": 5, "limit": 1, "headers": {"Prefer": "x"}}),
    ("count", (), {"filter": "a eq 'b'"}),
    ("post", ({"a": 1},), {}),
    ("post", (), {"json": {"a": 1}, "headers": {"Prefer": "x"}}),
    ("patch", ({"a": None},), {"headers": {"If-Match": "*"}}),
    ("put", ({"a": 1},), {"params": {"x": "y"}}),
    ("put", (), {"data": b"bytes", "headers": {"Content-Type": "text/plain"}}),
    ("delete", (), {"headers": {"If-Match": "*"}}),
    ("request", ("patch",), {"json": {"a": 1}}),
    ("request", ("post", {"a": 1}), {"idempotent": True}),
]


def test_an_address_has_the_verbs_of_the_client() -> None:
    def verbs(kind: type) -> set[str]:
        return {name for name in dir(kind) if name[0] != "_" and inspect.isfunction(getattr(kind, name))}

    alone = {"add", "remove", "send_message"}  # of an address only
    assert verbs(Address) - alone == verbs(GraphClient) - {"batch", "check", "close", "wait"}
    assert verbs(Address) - alone == VERBS | ELSEWHERE
    assert {name for name, _, _ in CALLS} == VERBS


@pytest.mark.parametrize(("verb", "arguments", "options"), CALLS)
def test_a_verb_does_what_the_clients_does_with_the_path(
    graph: GraphClient, server: Canned, verb: str, arguments: tuple[Any, ...], options: dict[str, Any]
) -> None:
    def result(value: Any) -> Any:
        return value.body if verb == "request" else list(value) if verb == "list" else value

    before, rest = (arguments[:1], arguments[1:]) if verb == "request" else ((), arguments)
    one = result(getattr(graph.users["a b"], verb)(*arguments, **options))
    other = result(getattr(graph, verb)(*before, "/users/a b", *rest, **options))
    third = result(getattr(graph, verb)(*before, graph.users["a b"], *rest, **options))

    def sent(seen: Arrived) -> tuple[Any, ...]:
        return seen.method, seen.target, seen.body, {**seen.headers, "client-request-id": ""}

    assert one == other == third
    first, *others = map(sent, server.requests)
    assert others == [first] * 2
    assert first[3]["authorization"] == "Bearer canary-token"


# -- looking at it --------------------------------------------------------------------------------------------

PROBES = (
    "_repr_html_ _repr_mimebundle_ _repr_json_ _repr_png_ _ipython_display_ _ipython_key_completions_ "
    "_ipython_canary_method_should_not_exist_ _pytestfixturefunction _mock_methods _asdict _fields _x __array__ "
    "__array_interface__ __array_struct__ __array_ufunc__ __dataframe__ __len__ __next__ "
    "__wrapped__ __name__ __qualname__ __bool__ __int__ __index__ __float__ __fspath__ __html__ __rich__ "
    "__rich_repr__ __pretty__ __json__ __getstate_manages_dict__ __getnewargs__ __getnewargs_ex__ __setstate__ "
    "__await__ __aiter__ __enter__ __exit__ __get__ __set_name__ __length_hint__ __reversed__ __missing__ "
    "__dict__ __weakref__ __wrapped __pydantic_serializer__ __get_pydantic_core_schema__ __dataclass_fields__"
).split()


@pytest.mark.parametrize("name", PROBES)
def test_names_with_an_underscore_are_no_segments(graph: GraphClient, server: Canned, name: str) -> None:
    address = graph.users["x"]

    assert not hasattr(address, name)
    assert getattr(address, name, None) is None
    with pytest.raises(AttributeError, match=name):
        getattr(address, name)
    assert name in dir(graph) or not hasattr(graph, name)
    assert server.requests == []


@pytest.mark.parametrize(
    "use",
    [
        iter,
        list,
        tuple,
        set,
        dict,
        sorted,
        sum,
        len,
        reversed,
        next,
        max,
        enumerate,
        lambda address: [*address],
        lambda address: {**address},
        lambda address: "x" in address,
        lambda address: address in address,  # noqa: PLR0124
        lambda address: [None for _ in address],
        dict.fromkeys,
        "".join,
        lambda address: address < address,  # noqa: PLR0124
        lambda address: address + "x",
        lambda address: "x" / address,
        lambda address: address(),
        memoryview,
        lambda address: address.__class__(),
        lambda address: address.__setitem__,
        vars,
        int,
        bytes,
        os.fspath,
        json.dumps,
    ],
)
def test_an_address_is_no_collection_and_calls_nothing_by_itself(
    graph: GraphClient, server: Canned, use: Callable[[Any], Any]
) -> None:
    with pytest.raises((TypeError, AttributeError)):
        use(graph.users)

    assert server.requests == []


def test_what_an_address_is_to_those_who_ask_first(graph: GraphClient, server: Canned) -> None:
    address = graph.users["x"]

    for kind in ("Iterable", "Iterator", "Sized", "Container", "Collection", "Sequence", "Mapping"):
        assert not isinstance(address, getattr(collections.abc, kind)), kind
    assert isinstance(address, collections.abc.Hashable)
    assert callable(
        address
    )  # graph.users[id].assignLicense(…) is a call; what that may do is tested in test_calls
    assert not inspect.isawaitable(address)
    assert inspect.unwrap(address) is address  # type: ignore[arg-type]
    assert bool(address)
    assert pprint.pformat([address]) == "[<Address /users/x>]"
    assert "get" in dir(address)
    assert hasattr(address, "manager")  # any name is a segment
    assert server.requests == []


def test_an_address_does_not_change(graph: GraphClient, server: Canned) -> None:
    address = graph.users

    with pytest.raises(AttributeError):
        address.manager = "x"  # type: ignore[assignment]
    with pytest.raises(TypeError):
        address["x"] = "y"  # type: ignore[index]
    with pytest.raises(TypeError):
        del address["x"]  # type: ignore[attr-defined]
    assert str(address) == "/users"
    assert server.requests == []


def test_addresses_compare_and_hash_by_client_and_path(graph: GraphClient, server: Canned) -> None:
    with GraphClient(TokenHolder.fixed("canary-token"), url=server.url) as other:
        assert graph.users["x"] == graph.users / "x" == Address(graph._core, "/users/x")
        assert hash(graph.users["x"]) == hash(graph.users / "x")
        assert {graph.users["x"]: 1}[graph.users["x"]] == 1
        assert graph.users["x"] != other.users["x"]  # who knows whose tenant that is
        assert graph.users["x"] != Address(None, "/users/x") == Address(None, "/users/x")
        assert len({graph.users["x"], other.users["x"], graph.users / "x"}) == 2
    assert graph.users["x"] != graph.users["y"]
    assert graph.users["x"] != graph.users["X"]  # ids are case-sensitive
    assert graph.users["x"] != "/users/x"
    assert len({graph.users, graph.users, graph.groups}) == 2
    assert server.requests == []


def test_copies_are_as_good_as_the_original(graph: GraphClient, server: Canned) -> None:
    for duplicate in (copy.copy, copy.deepcopy):
        address, [inside] = duplicate(graph.users["x"]), copy.deepcopy([graph.users["x"]])
        assert address == inside == graph.users["x"]
        assert server.requests == []
        address.get()
        inside.get()
        assert server.targets == ["/v1.0/users/x"] * 2
        server.requests.clear()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_the_path_alone(graph: GraphClient, server: Canned, protocol: int) -> None:
    pickled = pickle.dumps(graph.users["x"].manager, protocol)
    address = pickle.loads(pickled)

    assert b"canary" not in pickled
    assert server.url.encode() not in pickled
    assert str(address) == str(graph.users["x"].manager)
    assert str(address["y"] / "$ref") == "/users/x/manager/y/$ref"
    for verb in VERBS:
        with pytest.raises(ConfigurationError, match=r"graph\.get\('/users/x/manager'\)"):
            getattr(address, verb)(*(["get"] if verb == "request" else []))
    assert server.requests == []
    assert graph.get(address) == {"value": [{"id": 1}]}


def test_half_made_addresses_do_not_recurse() -> None:
    with pytest.raises(AttributeError, match="_path"):
        _ = Address.__new__(Address)._path


def test_looking_sends_nothing_not_even_for_a_token(graph_client: GraphClient, graph_sandbox: Sandbox) -> None:
    address = graph_client.users["x"].manager / "$ref"
    for look in (repr, str, hash, bool, dir, copy.copy, copy.deepcopy, pickle.dumps, pprint.pformat):
        look(address)
    for name in PROBES:
        hasattr(address, name)
    for use in (iter, len, list, lambda each: "x" in each):
        with pytest.raises(TypeError):
            use(address)
    _ = address == graph_client.users, address["x"], address.more

    assert graph_sandbox.requests == []
    assert graph_sandbox.token_requests == 0


# -- roots ----------------------------------------------------------------------------------------------------


def test_every_root_is_an_address(graph: GraphClient, server: Canned) -> None:
    assert [str(getattr(graph, root)) for root in ROOTS] == [f"/{root}" for root in ROOTS]
    assert set(ROOTS) <= set(dir(graph))
    assert server.requests == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("userz", "users"),
        ("user", "users"),
        ("Users", "users"),
        ("goups", "groups"),
        ("serviceprincipals", "servicePrincipals"),
        ("service_principals", "servicePrincipals"),
        ("device", "devices"),
    ],
)
def test_an_unknown_root_asks_what_was_meant(graph: GraphClient, server: Canned, name: str, meant: str) -> None:
    with pytest.raises(AttributeError, match=rf"no /{name}; did you mean ({meant}\b|.* or {meant}\b)") as caught:
        getattr(graph, name)

    assert f"graph.get('/{name}')" in str(caught.value)
    assert not hasattr(graph, name)
    assert server.requests == []


def test_a_root_that_resembles_none_can_still_be_asked(graph: GraphClient, server: Canned) -> None:
    assert "did you mean" not in str(unknown_root("zzz"))
    with pytest.raises(AttributeError, match=r"no /zzz; A path that is not listed can still be asked"):
        _ = graph.zzz
    graph.get("/zzz")

    assert server.targets == ["/v1.0/zzz"]
