"""The data files: they say what Microsoft's files say, and their generator understands those files."""

from __future__ import annotations

import importlib
import io
import json
import os
import re
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from processes import python

from leangraph import knowledge as data
from leangraph.knowledge import schema

PROJECT = Path(__file__).parents[2]
FIXTURES = PROJECT / "tests" / "support" / "fixtures"
TOOL = PROJECT / "tools" / "make_data.py"


def rows(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (FIXTURES / name).read_text(encoding="utf-8").splitlines()]


# --- what the files say -------------------------------------------------------------------------------


def follow(kind: str, segment: str) -> str | None:
    """Return what one more segment leads to: a type, "" for no content, None if there is no such path."""
    inner = kind.removeprefix("Collection(").removesuffix(")")
    many = inner != kind
    if segment == "{id}":
        return inner if many else None
    name, _, arguments = segment.removesuffix(")").partition("(")
    qualified = name.removeprefix("microsoft.graph.")
    if qualified in schema.derived(inner):
        return f"Collection({qualified})" if many else qualified
    if not many:
        for members in (schema.properties(inner), schema.navigation(inner)):
            if name in members:
                return members[name]
    namespace, _, last = qualified.rpartition(".")
    given = [argument.split("=")[0] for argument in arguments.split(",") if argument]
    for operation in schema.operations(kind).get(last, []):
        expected = list(operation.get("parameters", {})) if operation["kind"] == "function" else []
        if operation.get("namespace", "") == namespace and expected == given:
            return operation.get("returns", "")
    return None


def leads_to(path: str) -> str | None:
    first, *rest = path.removeprefix("/").split("/")
    kind = data.paths()["roots"].get(first)
    for segment in rest:
        kind = follow(kind, segment) if kind else None
    return kind


def test_every_sampled_path_leads_to_the_type_that_microsoft_says() -> None:
    sample = rows("paths.tsv")
    wrong = [
        (path, kind, leads_to(path))
        for path, kind in sample
        if leads_to(path) != kind.replace("microsoft.graph.", "")
    ]

    assert wrong == []
    assert sum(path.count("/") <= 4 for path, _ in sample) >= 2000


@pytest.mark.parametrize(
    "path",
    [
        "/user",
        "/users/{id}/boss",
        "/me/{id}",
        "/users/manager",
        "/users/microsoft.graph.device",
        "/users/{id}/assignLicense(x={value})",
        "/reports/getOffice365ActiveUserDetail",
    ],
)
def test_a_path_that_microsoft_does_not_have_leads_nowhere(path: str) -> None:
    assert leads_to(path) is None


def test_every_sampled_permission_agrees_with_microsofts_table() -> None:
    def written(choice: data.Choice) -> str:
        least = sorted(" and ".join(option) for option in choice["least"])
        return ", ".join(least) or ("?" if choice["others"] else "-")

    sample = rows("permissions.tsv")
    table = data.permission_table()["paths"]
    found = [
        [method, path, written(table[path][method]["application"]), written(table[path][method]["delegated"])]
        for method, path, _, _ in sample
    ]

    assert found == sample
    assert len(sample) >= 200


def test_what_the_permission_table_lacks_is_absent_not_guessed() -> None:
    table = data.permission_table()["paths"]

    assert "/subscriptions" not in table  # depends on the resource, so Microsoft's table has no row
    assert "DELETE" not in table["/users"]


def test_me_and_users_are_separate_entries() -> None:
    table = data.permission_table()["paths"]

    assert table["/me"]["GET"]["application"] == {"least": [], "others": []}
    assert table["/users/{id}"]["GET"]["application"]["least"] == [["User.ReadBasic.All"]]


def test_every_type_that_is_named_is_known() -> None:
    types, enums = data.paths()["types"], data.enums()["members"]
    operations = [o for named in data.paths()["operations"].values() for some in named.values() for o in some]
    named = chain(
        data.paths()["roots"].values(),
        data.paths()["operations"],
        *(t.get("properties", {}).values() for t in types.values()),
        *(t.get("navigation", {}).values() for t in types.values()),
        *(o.get("parameters", {}).values() for o in operations),
        (o.get("returns", "Edm.None") for o in operations),
        (t["base"] for t in types.values() if "base" in t),
    )
    inner = {name.removeprefix("Collection(").removesuffix(")") for name in named}

    assert [name for name in inner if name not in types and name not in enums and name[:4] != "Edm."] == []
    assert set(data.enums()["flags"]) <= set(enums)


def test_no_text_of_microsofts_is_kept_only_names() -> None:
    def strings(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from value
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                yield from strings(item)
        elif isinstance(value, str):
            yield value

    everything = strings([data.paths(), data.enums(), data.permission_table()])

    assert [text for text in everything if not re.fullmatch(r"[\w$./:(){},=-]*", text)] == []


def test_inheritance_is_followed() -> None:
    assert schema.lineage("user") == ("user", "directoryObject", "entity")
    assert {"device", "user", "group"} <= schema.derived("directoryObject")
    assert "user" not in schema.derived("user")
    assert list(schema.properties("user"))[:2] == ["id", "deletedDateTime"]
    assert schema.navigation("group")["members"] == "Collection(directoryObject)"
    assert "members" in schema.references("group")
    assert "messages" not in schema.references("user")
    assert {"delta", "getByIds"} <= set(schema.operations("Collection(user)"))
    assert {"assignLicense", "checkMemberGroups"} <= set(schema.operations("user"))


def test_a_type_the_metadata_lacks_has_nothing() -> None:
    assert schema.lineage("Edm.String") == ()
    assert schema.derived("Edm.String") == frozenset()
    assert schema.properties("nobody") == schema.navigation("nobody") == schema.operations("nobody") == {}


def test_nothing_is_read_before_it_is_asked_for() -> None:
    code = "import leangraph.knowledge as d, leangraph.knowledge.schema; print(d.paths.cache_info().currsize)"
    done = python("-c", code)

    assert done.stdout.strip() == "0", done.stderr
    assert data.paths() is data.paths()
    assert data.permission_table() is data.permission_table()


@pytest.mark.parametrize("name", ["paths.json", "enums.json", "permissions.json"])
def test_each_file_takes_little_of_the_wheel(name: str) -> None:
    content = (PROJECT / "src" / "leangraph" / "knowledge" / name).read_bytes()

    assert len(zlib.compress(content, 6)) <= 150_000


# --- how the generator reads them ---------------------------------------------------------------------

CSDL = """<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="microsoft.graph" Alias="graph" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EnumType Name="color"><Member Name="red" Value="0" /><Member Name="blue" Value="1" /></EnumType>
  <EnumType Name="days" IsFlags="true"><Member Name="monday" Value="1" /></EnumType>
  <EntityType Name="entity" Abstract="true">
    <Key><PropertyRef Name="id" /></Key>
    <Property Name="id" Type="Edm.String" Nullable="false" />
  </EntityType>
  <EntityType Name="animal" BaseType="graph.entity" OpenType="true">
    <Property Name="name" Type="Edm.String" />
    <Property Name="home" Type="graph.place" />
    <NavigationProperty Name="friends" Type="Collection(graph.animal)" />
    <NavigationProperty Name="toys" Type="Collection(self.toy)" ContainsTarget="true" />
    <Annotation Term="Org.OData.Core.V1.AlternateKeys"><Collection>
      <Record Type="Org.OData.Core.V1.AlternateKey"><PropertyValue Property="Key"><Collection>
        <Record Type="Org.OData.Core.V1.PropertyRef">
          <PropertyValue Property="Name" PropertyPath="name" />
        </Record>
      </Collection></PropertyValue></Record>
    </Collection></Annotation>
  </EntityType>
  <EntityType Name="dog" BaseType="graph.animal" HasStream="true">
    <Property Name="coat" Type="graph.color" />
    <Property Name="walks" Type="graph.days" />
  </EntityType>
  <ComplexType Name="place">
    <Property Name="tags" Type="Collection(Edm.String)" />
    <NavigationProperty Name="owner" Type="graph.animal" />
  </ComplexType>
  <Action Name="feed" IsBound="true">
    <Parameter Name="bindingParameter" Type="graph.animal" />
    <Parameter Name="food" Type="Edm.String" />
    <Parameter Name="when" Type="Edm.Date"><Annotation Term="Org.OData.Core.V1.OptionalParameter" /></Parameter>
  </Action>
  <Function Name="delta" IsBound="true">
    <Parameter Name="bindingParameter" Type="Collection(graph.animal)" />
    <ReturnType Type="Collection(graph.animal)" />
  </Function>
  <Function Name="nearest" IsBound="true" IsComposable="true">
    <Parameter Name="this" Type="graph.animal" /><Parameter Name="meters" Type="Edm.Int32" />
    <ReturnType Type="graph.animal" />
  </Function>
  <Function Name="nearest" IsBound="true">
    <Parameter Name="this" Type="graph.animal" />
    <ReturnType Type="graph.animal" />
  </Function>
  <Function Name="today"><Parameter Name="zone" Type="Edm.String" /><ReturnType Type="Edm.Date" /></Function>
  <EntityContainer Name="GraphService">
    <EntitySet Name="animals" EntityType="microsoft.graph.animal" />
    <Singleton Name="pet" Type="graph.dog" />
    <FunctionImport Name="now" Function="graph.today" />
  </EntityContainer>
</Schema>
<Schema Namespace="microsoft.graph.shop" Alias="self" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EntityType Name="toy" BaseType="graph.entity"><Property Name="price" Type="Edm.Int32" /></EntityType>
  <Action Name="buy" IsBound="true"><Parameter Name="t" Type="self.toy" /><ReturnType Type="self.toy" /></Action>
</Schema>
</edmx:DataServices></edmx:Edmx>
"""


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(TOOL.parent)
    return importlib.import_module("make_data")


@pytest.fixture
def csdl(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.csdl"
    path.write_text(CSDL, encoding="utf-8")
    return path


@pytest.fixture
def made(tool: ModuleType, csdl: Path) -> Any:
    return tool.path_data(tool.Metadata(csdl))


def test_entity_sets_and_singletons_are_the_roots(made: Any) -> None:
    assert made["roots"] == {"animals": "Collection(animal)", "pet": "dog"}


def test_a_type_keeps_only_what_it_adds_to_its_base(made: Any) -> None:
    assert made["types"]["dog"] == {
        "base": "animal",
        "stream": True,
        "properties": {"coat": "color", "walks": "days"},
    }
    assert made["types"]["place"] == {
        "complex": True,
        "properties": {"tags": "Collection(Edm.String)"},
        "navigation": {"owner": "animal"},
        "references": ["owner"],
    }


def test_containment_keys_and_open_types_are_kept(made: Any) -> None:
    animal = made["types"]["animal"]

    assert animal["open"]
    assert animal["alternate"] == [["name"]]
    assert animal["navigation"] == {"friends": "Collection(animal)", "toys": "Collection(shop.toy)"}
    assert animal["references"] == ["friends"]  # toys are contained: they live here, and no $ref points to them
    assert made["types"]["entity"] == {"abstract": True, "keys": ["id"], "properties": {"id": "Edm.String"}}


def test_operations_stand_under_what_they_are_bound_to(made: Any) -> None:
    assert made["operations"]["animal"]["feed"] == [
        {"kind": "action", "parameters": {"food": "Edm.String", "when": "Edm.Date"}, "optional": ["when"]}
    ]
    assert made["operations"]["Collection(animal)"]["delta"] == [
        {"kind": "function", "returns": "Collection(animal)"}
    ]
    assert made["operations"]["shop.toy"]["buy"] == [
        {"kind": "action", "namespace": "shop", "returns": "shop.toy"}
    ]


def test_every_overload_is_kept(made: Any) -> None:
    assert made["operations"]["animal"]["nearest"] == [
        {"kind": "function", "parameters": {"meters": "Edm.Int32"}, "returns": "animal", "composable": True},
        {"kind": "function", "returns": "animal"},
    ]


def test_an_unbound_function_is_known_by_its_import(made: Any) -> None:
    assert made["operations"][""] == {
        "now": [{"kind": "function", "parameters": {"zone": "Edm.String"}, "returns": "Edm.Date"}]
    }


def test_enums_have_their_members_and_whether_they_combine(tool: ModuleType, csdl: Path) -> None:
    assert tool.enum_data(tool.Metadata(csdl)) == {
        "flags": ["days"],
        "members": {"color": ["red", "blue"], "days": ["monday"]},
    }


def test_the_sample_walks_every_kind_of_segment(tool: ModuleType, csdl: Path) -> None:
    lines = tool.sample_data.paths(csdl).splitlines()

    assert {
        "/animals\tCollection(microsoft.graph.animal)",
        "/animals/{id}/toys/{id}/price\tEdm.Int32",
        "/animals/microsoft.graph.dog\tCollection(microsoft.graph.dog)",
        "/animals/delta\tCollection(microsoft.graph.animal)",
        "/animals/{id}/feed\t",
        "/pet/home/owner/name\tEdm.String",
        "/pet/nearest(meters={value})\tmicrosoft.graph.animal",
    } <= set(lines)
    assert any("/microsoft.graph.shop.buy\tmicrosoft.graph.shop.toy" in line for line in lines)


def path_set(paths: dict[str, str], methods: str = "GET", schemes: str = "Application") -> dict[str, Any]:
    return {"schemeKeys": schemes.split(), "methods": methods.split(), "paths": paths}


def made_of(tool: ModuleType, **permissions: list[dict[str, Any]]) -> Any:
    """Return the permission data for ``Name_Read_All=[path sets]``; all have privilege level 3."""
    schemes = ["Application", "DelegatedWork", "DelegatedPersonal"]
    table = {
        name.replace("_", "."): {
            "authorizationType": "RSC" if name.endswith("Group") else "oAuth2",
            "schemes": {scheme: {"privilegeLevel": 3, "adminDescription": "some text"} for scheme in schemes},
            "pathSets": path_sets,
        }
        for name, path_sets in permissions.items()
    }
    made = tool.permission_data({"permissions": table})
    for methods in made["paths"].values():
        methods.update({method: made["needs"][position] for method, position in methods.items()})
    return made


def test_the_least_permission_comes_apart_from_the_others_and_the_narrower_first(tool: ModuleType) -> None:
    made = made_of(
        tool,
        All_ReadWrite=[path_set({"/pets": "", "/cats": "", "/dogs": ""})],
        Dog_ReadWrite=[path_set({"/pets": "", "/dogs": ""})],
        Pet_Read=[path_set({"/pets": "least=DelegatedWork"}, schemes="DelegatedWork DelegatedPersonal")],
        Zoo_Read=[path_set({"/pets": "least=Application"})],
    )

    assert made["paths"]["/pets"]["GET"] == {
        "application": {"least": [["Zoo.Read"]], "others": [["Dog.ReadWrite"], ["All.ReadWrite"]]},
        "delegated": {"least": [["Pet.Read"]], "others": []},
        "personal": {"least": [], "others": [["Pet.Read"]]},  # listed, not marked: which is least is unknown
    }


def test_a_mark_that_was_meant_for_the_patch_beside_it_is_not_believed_for_the_get(tool: ModuleType) -> None:
    made = made_of(
        tool,
        Pet_Manage=[path_set({"/pets/{id}": "least=Application"}, "GET PATCH")],
        Pet_Peek=[path_set({"/pets/{id}": "least=Application"})],
    )["paths"]["/pets/{id}"]

    assert made["GET"]["application"] == {"least": [["Pet.Peek"]], "others": [["Pet.Manage"]]}
    assert made["PATCH"]["application"] == {"least": [["Pet.Manage"]], "others": []}


def test_a_get_believes_the_mark_of_the_permission_that_reads(tool: ModuleType) -> None:
    made = made_of(
        tool,
        Pet_Change_ReadWrite=[path_set({"/pets": "least=Application"})],
        Pet_Read_All=[path_set({"/pets": "least=Application"}, "GET HEAD")],
    )

    assert made["paths"]["/pets"]["GET"]["application"]["least"] == [["Pet.Read.All"]]


def test_permissions_needed_together_stay_together(tool: ModuleType) -> None:
    made = made_of(
        tool,
        Owner_Write=[path_set({"/pets": "least=Application;AlsoRequires=Pet.Read,Zoo.Read"}, "POST")],
        Pet_Read=[path_set({"/pets": "AlsoRequires=Owner.Write"}, "POST")],
        Zoo_Read=[path_set({"/pets": ""}, "GET POST")],  # as the table has it: alone it reads, but cannot write
    )["paths"]["/pets"]

    assert made["POST"]["application"] == {
        "least": [["Owner.Write", "Pet.Read"]],
        "others": [["Owner.Write", "Zoo.Read"]],
    }
    assert made["GET"]["application"] == {"least": [], "others": [["Zoo.Read"]]}


def test_resource_specific_permissions_are_named(tool: ModuleType) -> None:
    made = made_of(tool, Channel_Read_Group=[path_set({"/teams/{id}": "least=Application"})], Zoo_Read=[])

    assert made["rsc"] == ["Channel.Read.Group"]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("/Users/{user-id}/manager", "/users/{id}/manager"),
        ("/servicePrincipals/{id}/sponsors/", "/serviceprincipals/{id}/sponsors"),
        ("/applications/{id}}/repair", "/applications/{id}/repair"),
        ("/teams/(team-id)/channels", "/teams/{id}/channels"),
        ("/workflows({id})/tasks", "/workflows/{id}/tasks"),
        ("/users/{id}/delta()", "/users/{id}/delta"),
        ("/applications(appId={value})", "/applications(appid={value})"),
        ("/reports/by(userId='{userId}', role={role})", "/reports/by(userid={value},role={value})"),
        ("/drives/{drive-id}/root:/{item-path}:/content", "/drives/{id}/root:/{path}:/content"),
        ("/drives/{id}/items/{id}:/{name}:/content", "/drives/{id}/items/{id}:/{path}:/content"),
        ("/places/microsoft.graph.room", "/places/microsoft.graph.room"),
        ("/groups/{id}/members/{id}/$ref", "/groups/{id}/members/{id}/$ref"),
        ("/pets?$filter=owner/id eq '{id}'", None),
        ("/me/drive/root:/FolderA/FileB.txt:/content", None),
        ("/pets/itemat(index={value})range", None),
        ("/pets/scope={value}", None),
        ("/agentCollections/{global-collection-id}/members", None),
    ],
)
def test_paths_of_the_table_become_one_spelling_and_broken_ones_none(
    tool: ModuleType, written: str, key: str | None
) -> None:
    assert tool.template(written) == key


def test_the_keys_of_the_table_are_in_that_spelling(tool: ModuleType) -> None:
    assert [path for path in data.permission_table()["paths"] if tool.template(path) != path] == []


@pytest.fixture
def inputs(tmp_path: Path, csdl: Path) -> list[str]:
    """Return the words that name the generator's three inputs, small ones."""
    table = {
        f"P{number}.Read": {
            "authorizationType": "oAuth2",
            "schemes": {"Application": {}},
            "pathSets": [path_set({"/animals": "least=Application", f"/animals/{number}": ""}, "GET POST")],
        }
        for number in range(9)
    }
    permissions, filters = tmp_path / "permissions.json", tmp_path / "filters.tsv"
    permissions.write_text(json.dumps({"permissions": table}), encoding="utf-8")
    filters.write_text("# a comment\nuser\tname\teq\tadvanced\nuser\tname\tge\tno\n", encoding="utf-8")
    return ["--metadata", str(csdl), "--permissions", str(permissions), "--advanced", str(filters)]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, inputs: list[str]) -> None:
    outcomes = []
    for seed in "12":
        target = tmp_path / seed
        done = python(TOOL, *inputs, "--into", target, env={**os.environ, "PYTHONHASHSEED": seed})
        assert done.returncode == 0, done.stderr
        outcomes.append({p.relative_to(target): p.read_bytes() for p in target.rglob("*.*")})

    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0]) == 8


def test_check_writes_nothing_and_fails_where_a_file_is_not_as_it_would_be(
    tool: ModuleType, tmp_path: Path, inputs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out"
    assert tool.main([*inputs, "--into", str(target), "--check"]) == 1
    assert not target.exists()
    assert tool.main([*inputs, "--into", str(target)]) == 0
    assert tool.main([*inputs, "--into", str(target), "--check"]) == 0

    rules = target / "src" / "leangraph" / "knowledge" / "rules.json"
    rules.write_text(rules.read_text(encoding="utf-8").replace("name", "nome"), encoding="utf-8")
    capsys.readouterr()
    assert tool.main([*inputs, "--into", str(target), "--check"]) == 1
    assert [line for line in capsys.readouterr().out.splitlines() if "changed" in line] == [
        f"src/leangraph/knowledge/rules.json: {rules.stat().st_size:,} bytes, changed"
    ]


@pytest.mark.parametrize("option", ["metadata", "permissions", "advanced"])
def test_without_its_input_the_generator_says_what_to_do_and_changes_nothing(
    tool: ModuleType, tmp_path: Path, inputs: list[str], option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out"
    inputs[inputs.index(f"--{option}") + 1] = str(tmp_path / "none")

    assert tool.main([*inputs, "--into", str(target)]) == 2

    assert f"--{option} FILE" in capsys.readouterr().err
    assert not target.exists()


# --- how the rules are drawn from it ------------------------------------------------------------------


def test_the_cells_of_the_filter_table_become_operators_by_property(tool: ModuleType) -> None:
    table = "".join(
        f"user\t{name}\t{operator}\t{where}\n"
        for name, operator, where in (
            ("CompanyName", "eq", "advanced"),
            ("CompanyName", "startsWith", "advanced"),
            ("CompanyName", "eq null", "advanced"),
            ("displayName", "eq", "default"),
            ("plans/any(p:p/service)", "eq", "advanced"),
            ("plans/any(p:p/service)", "ge", "no"),
            ("phones/any (p:p)", "eq", "advanced"),
            ("more/extensionAttribute1-15", "eq", "advanced"),
            ("more/name", "eq", "default"),
            ("odd", "eq null", "default"),
        )
    )

    assert tool.make_rules.advanced(table) == {
        "user": {
            "companyname": "eq startswith",
            "more/extensionattribute#": "eq",
            "odd": "-null",
            "phones": "eq",
            "plans/*": "eq startswith ge le",
            "plans/service": "eq",
        }
    }


def test_dates_that_are_text_are_told_by_their_type(tool: ModuleType) -> None:
    csdl = CSDL.replace(
        '<Property Name="tags"', '<Property Name="sinceDate" Type="Edm.String" /><Property Name="tags"'
    )

    assert tool.make_rules.text_dates(tool.Metadata(io.BytesIO(csdl.encode()))) == ["home/sincedate"]


def test_an_action_reads_if_all_rows_say_so_and_it_returns_something(tool: ModuleType) -> None:
    action = (
        '<Action Name="{}" IsBound="true"><Parameter Name="b" Type="graph.animal" />'
        '<ReturnType Type="{}" /></Action>'
    )
    named = {"weigh": "Edm.Int32", "both": "Edm.Int32", "getFilm": "Edm.Stream", "makeFilm": "Edm.Stream"}
    actions = "".join(action.format(*item) for item in named.items())
    metadata = tool.Metadata(io.BytesIO(CSDL.replace("<EntityContainer", f"{actions}<EntityContainer").encode()))
    made = made_of(
        tool,
        Animal_Read_All=[path_set({f"/animals/{{id}}/{name}": "" for name in ("weigh", "feed", "both")}, "POST")],
        Animal_ReadWrite_All=[path_set({"/pet/both": "least=Application"}, "POST")],
    )
    table = {
        "needs": made["needs"],
        "paths": {p: {m: made["needs"].index(n) for m, n in ms.items()} for p, ms in made["paths"].items()},
    }

    found = set(tool.make_rules.reading(metadata, table))
    assert {"weigh", "getfilm", "validateproperties"} <= found
    assert not {"feed", "both", "makefilm"} & found
