"""The stubs: what checkers make of them, that they say what Microsoft's metadata says, and how they are made."""

from __future__ import annotations

import importlib
import io
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from canned import canned
from checked import FIXTURES, ROOT, VERBS, Error, documented, mypy, pyright, pyright_command, sampled, script
from processes import python

from leangraph import Address, GraphClient, TokenHolder, types
from leangraph.cli import main
from leangraph.knowledge import generate, stubs

STUBS = ROOT / "src" / "leangraph" / "types"
MISTAKES = (FIXTURES / "typed" / "mistakes.py").read_text(encoding="utf-8").splitlines()
MARKED = [number for number, line in enumerate(MISTAKES, 1) if re.search(r"# wrong: \d+$", line)]

needs_pyright = pytest.mark.skipif(
    pyright_command() is None, reason="pyright is not installed and needs node: `make test-types` does both"
)

# -- what checkers make of them -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every script that is checked."""
    folder = tmp_path_factory.mktemp("typed")
    for name in ("good.py", "open.py", "mistakes.py"):
        shutil.copy(FIXTURES / "typed" / name, folder)
    (folder / "sampled.py").write_text(script(), encoding="utf-8")
    (folder / "calls.py").write_text(script(written=True), encoding="utf-8")
    (folder / "documented").mkdir()
    for name, code in {"__init__": "", **documented()}.items():
        (folder / "documented" / f"{name}.py").write_text(code, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def complaints(folder: Path) -> list[Error]:
    """Return what mypy --strict says of all of them, in one run: most of it goes into reading the stubs."""
    return mypy(folder, "good.py", "open.py", "mistakes.py", "sampled.py", "calls.py", "documented")


def test_mypy_agrees_to_thirty_things_that_are_right(complaints: list[Error]) -> None:
    assert [error for error in complaints if error.file == "good.py"] == []


def test_mypy_takes_open_types_and_annotations_as_they_are(complaints: list[Error]) -> None:
    assert [error for error in complaints if error.file == "open.py"] == []


def test_mypy_finds_sixty_mistakes_and_nothing_else(complaints: list[Error]) -> None:
    assert list(dict.fromkeys(error.line for error in complaints if error.file == "mistakes.py")) == MARKED
    assert len(MARKED) == 60


def test_mypy_takes_every_sampled_path_to_the_type_that_microsoft_says(complaints: list[Error]) -> None:
    lines = script().splitlines()
    wrong = [(lines[error.line - 1], error.message) for error in complaints if error.file == "sampled.py"]

    assert wrong == []
    assert sum(path.count("/") <= 4 for path, _ in sampled()) >= 2000


def test_mypy_takes_two_hundred_calls_with_all_that_the_metadata_names(complaints: list[Error]) -> None:
    lines = script(written=True).splitlines()
    wrong = [(lines[error.line - 1], error.message) for error in complaints if error.file == "calls.py"]

    assert wrong == []
    assert len(lines) >= 200


def test_every_documented_call_type_checks(folder: Path, complaints: list[Error]) -> None:
    assert (folder / "documented" / "readme_1.py").exists()
    assert [error for error in complaints if error.file.startswith("documented")] == []


@needs_pyright
def test_pyright_agrees_to_thirty_things_that_are_right(folder: Path) -> None:
    assert pyright(folder, "good.py", mode="strict") == []


@needs_pyright
def test_pyright_takes_open_types_and_annotations_as_they_are(folder: Path) -> None:
    assert pyright(folder, "open.py") == []


@needs_pyright
def test_pyright_finds_sixty_mistakes_and_nothing_else(folder: Path) -> None:
    assert list(dict.fromkeys(error.line for error in pyright(folder, "mistakes.py"))) == MARKED


@needs_pyright
def test_pyright_takes_two_hundred_calls_with_all_that_the_metadata_names(folder: Path) -> None:
    assert pyright(folder, "calls.py") == []


@needs_pyright
def test_pyright_takes_every_sampled_path_to_the_type_that_microsoft_says(folder: Path) -> None:
    assert pyright(folder, "sampled.py") == []


# -- what they are at run time --------------------------------------------------------------------------------


def test_types_can_be_imported_and_used_outside_of_annotations() -> None:
    from leangraph.types import BodyType, DateTime, PartialUser, User, UserField
    from leangraph.types.security import Alert

    assert User(displayName="Ada") == {"displayName": "Ada"}
    assert PartialUser() == Alert() == {}
    assert BodyType is DateTime is UserField is str
    assert list[User] | None


def test_addresses_can_be_annotated_with_what_they_are() -> None:
    from leangraph.types import GroupAddresses, UserAddress
    from leangraph.types.security import EdiscoveryCaseAddress

    graph = GraphClient(TokenHolder.fixed("a-token"))
    assert UserAddress is GroupAddresses is EdiscoveryCaseAddress is Address
    assert isinstance(graph.users["x"], UserAddress)


@pytest.mark.parametrize(
    "name",
    ["Usr", "user", "Roots", "Types", "Members", "PartialBodyType", "Address", "Field", "__path__x", "_User"],
)
def test_a_name_that_graph_does_not_have_is_an_attribute_error(name: str) -> None:
    assert not hasattr(types, name)
    with pytest.raises(ImportError):
        exec(f"from leangraph.types import {name}")


def test_every_name_of_the_stubs_is_there_at_run_time() -> None:
    for stub in STUBS.glob("[!_]*.pyi"):
        module = importlib.import_module(f"leangraph.types.{stub.stem}")
        text = stub.read_text(encoding="utf-8")
        public = re.findall(r"^(?:class )?([A-Z][A-Za-z0-9]*)(?:: TypeAlias|\()", text, re.MULTILINE)

        assert [name for name in public if not name.endswith("Segments") and not hasattr(module, name)] == []
        assert len(public) > 5


def test_stubs_cost_nothing_at_run_time() -> None:
    code = "import sys, leangraph.types; from leangraph import GraphClient; print(*sys.modules)"
    done = python("-c", code)

    assert [name for name in done.stdout.split() if name.startswith("leangraph.types.")] == [
        "leangraph.types._names"
    ]


def test_the_verbs_that_hide_a_segment_are_those_of_an_address() -> None:
    assert generate.VERBS == VERBS


def test_the_wheel_stays_small() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as wheel:
        for file in (*(ROOT / "src").rglob("*.*"), ROOT / "README.md", ROOT / "LICENSE"):  # these are its metadata
            if file.is_file() and "__pycache__" not in file.parts:
                wheel.write(file, file.relative_to(ROOT))

    assert len(packed.getvalue()) <= 1_275_000  # docs/performance.md: why not 1.2 MB


# -- how they are made ----------------------------------------------------------------------------------------

CSDL = """<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="microsoft.graph" Alias="graph" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EnumType Name="color"><Member Name="red" Value="0" /><Member Name="blue" Value="1" /></EnumType>
  <EnumType Name="tone">{tones}</EnumType>
  <EntityType Name="entity" Abstract="true">
    <Key><PropertyRef Name="id" /></Key>
    <Property Name="id" Type="Edm.String" Nullable="false" />
  </EntityType>
  <EntityType Name="animal" BaseType="graph.entity">
    <Property Name="from" Type="Edm.String" />
    <Property Name="list" Type="Edm.String" />
    <Property Name="coat" Type="graph.color" />
    <Property Name="home" Type="graph.place" />
    <Property Name="born" Type="Edm.Date" Nullable="false" />
    <Property Name="odd" Type="graph.unheardOf" />
    <Property Name="film" Type="Edm.Stream" />
    <NavigationProperty Name="friends" Type="Collection(graph.animal)" />
    <NavigationProperty Name="toys" Type="Collection(self.toy)" ContainsTarget="true" />
  </EntityType>
  <EntityType Name="dog" BaseType="graph.animal"><Property Name="tail" Type="Edm.Int32" /></EntityType>
  <EntityType Name="cat" BaseType="graph.animal"><Property Name="tail" Type="Edm.String" /></EntityType>
  <EntityType Name="report" BaseType="graph.entity" />
  <ComplexType Name="place">
    <Property Name="tags" Type="Collection(Edm.String)" Nullable="false" />
    <Property Name="size" Type="graph.measure" />
  </ComplexType>
  <ComplexType Name="measure"><Property Name="meters" Type="Edm.Double" /></ComplexType>
  <ComplexType Name="unused"><Property Name="x" Type="Edm.Double" /></ComplexType>
  <ComplexType Name="bag" OpenType="true" />
  <Action Name="feed" IsBound="true">
    <Parameter Name="bindingParameter" Type="graph.animal" />
    <Parameter Name="food" Type="Edm.String" Nullable="false" /><Parameter Name="bowl" Type="graph.place" />
  </Action>
  <Action Name="send" IsBound="true">
    <Parameter Name="bindingParameter" Type="graph.animal" />
    <Parameter Name="ToAnimal" Type="graph.animal" Nullable="false" /><Parameter Name="lambda" Type="Edm.String" />
    <ReturnType Type="Collection(Edm.String)" />
  </Action>
  <Action Name="import" IsBound="true"><Parameter Name="b" Type="graph.animal" /></Action>
  <Action Name="wash" IsBound="true"><Parameter Name="b" Type="Collection(graph.animal)" /></Action>
  <Function Name="nearest" IsBound="true">
    <Parameter Name="b" Type="graph.animal" /><Parameter Name="meters" Type="Edm.Int32" />
    <ReturnType Type="graph.animal" />
  </Function>
  <Function Name="nearest" IsBound="true">
    <Parameter Name="b" Type="graph.animal" /><ReturnType Type="graph.animal" />
  </Function>
  <Function Name="delta" IsBound="true">
    <Parameter Name="b" Type="Collection(graph.animal)" /><ReturnType Type="Collection(graph.animal)" />
  </Function>
  <Action Name="look" IsBound="true"><Parameter Name="b" Type="graph.animal" /></Action>
  <Function Name="look" IsBound="true">
    <Parameter Name="b" Type="graph.dog" /><ReturnType Type="Edm.Boolean" />
  </Function>
  <Function Name="usage" IsBound="true">
    <Parameter Name="b" Type="graph.animal" /><ReturnType Type="graph.report" />
  </Function>
  <EntityContainer Name="GraphService">
    <EntitySet Name="animals" EntityType="microsoft.graph.animal" />
    <EntitySet Name="toys" EntityType="microsoft.graph.shop.toy" />
    <Singleton Name="pet" Type="graph.dog" />
  </EntityContainer>
</Schema>
<Schema Namespace="microsoft.graph.shop" Alias="self" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EntityType Name="toy" BaseType="graph.entity"><Property Name="price" Type="Edm.Int32" /></EntityType>
</Schema>
</edmx:DataServices></edmx:Edmx>
""".replace("{tones}", "".join(f'<Member Name="t{n}" Value="{n}" />' for n in range(101)))


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "tools")
    return importlib.import_module("make_types")


@pytest.fixture
def made(tool: ModuleType) -> dict[str, str]:
    model = generate.Model(io.BytesIO(CSDL.encode()), {"animal", "dog"})
    return {Path(name).name: text for name, text in tool.files(model, "").items()}


@pytest.fixture
def stub(made: dict[str, str]) -> Callable[[str], str]:
    """Return the function that gives a class (or an alias) of the main stub, as it stands there."""

    def find(name: str) -> str:
        alias = re.search(rf"^{name}(:| = ).*$", made["__init__.pyi"], re.MULTILINE)
        found = re.search(rf"^class {name}\b.*\n( .*\n)+", made["__init__.pyi"], re.MULTILINE)
        text = (alias or found or [""])[0]
        return "\n".join(line.strip() for line in text.splitlines())

    return find


def test_a_type_has_its_properties_and_shallow_navigation(stub: Any) -> None:
    assert stub("Animal") == (
        "class Animal(Entity, _AnimalKeys):\ncoat: Color | None\nhome: Place | None\nborn: Date\nodd: Any\n"
        "film: str | None\nfriends: list[dict[str, Any]]\ntoys: list[dict[str, Any]]"
    )
    assert stub("Entity") == "class Entity(Object):\nid: str"
    assert stub("Place") == "class Place(Object):\ntags: list[str]\nsize: Measure | None"


def test_keys_that_cannot_stand_in_a_class_come_from_a_second_base(stub: Any) -> None:
    assert (
        stub("_AnimalKeys") == '_AnimalKeys = TypedDict("_AnimalKeys", {"from": str | None, "list": str | None})'
    )


def test_enums_are_literals_up_to_a_hundred_members(stub: Any) -> None:
    assert stub("Color") == 'Color: TypeAlias = Literal["red", "blue"] | str'
    assert stub("Tone") == "Tone: TypeAlias = str"


def test_a_type_without_properties_that_takes_any_is_a_dict(stub: Any) -> None:
    assert stub("Bag") == "Bag: TypeAlias = dict[str, Any]"


def test_a_body_has_a_twin_in_which_nothing_is_required(stub: Any) -> None:
    assert stub("_PartialAnimal") == (
        "class _PartialAnimal(_PartialEntity, __PartialAnimalKeys, total=False):\ncoat: Color | None\n"
        "home: PartialPlace | None\nborn: Date | None\nodd: Any\nfilm: str | None\n"
        "friends: list[dict[str, Any]]\ntoys: list[dict[str, Any]]"
    )
    assert '"friends@odata.bind": list[str]' in stub("__PartialAnimalKeys")
    assert "toys@odata.bind" not in stub("__PartialAnimalKeys")  # contained: they cannot be bound
    assert stub("PartialPlace") == (
        "class PartialPlace(PartialObject, total=False):\ntags: list[str]\nsize: PartialMeasure | None"
    )


def test_a_body_for_a_base_takes_what_its_family_has(stub: Any) -> None:
    assert stub("PartialAnimal") == "class PartialAnimal(_PartialAnimal, total=False):\ntail: Any"  # int or str
    assert stub("PartialDog") == "class PartialDog(_PartialAnimal, total=False):\ntail: int | None"


def test_there_are_no_twins_but_of_bodies(stub: Any, made: dict[str, str]) -> None:
    assert stub("PartialCat") == stub("PartialUnused") == stub("PartialEntity") == ""
    assert "PartialToy" not in made["shop.pyi"]  # nothing says that toys are ever written


def test_addresses_have_an_attribute_for_each_segment(stub: Any) -> None:
    assert stub("Roots") == (
        "class Roots:\nanimals: AnimalAddresses\npet: DogAddress\n"
        "toys: Many[_t.shop.Toy, _t.shop.ToyAddress, dict[str, Any], _t.shop.ToyField]"
    )
    assert stub("AnimalSegments") == (
        "class AnimalSegments(EntitySegments):\ncoat: Value[Color]\nhome: PlaceAddress\nborn: Value[Date]\n"
        "odd: Value[Any]\nfilm: Bytes\nfriends: AnimalAddresses\n"
        "toys: Many[_t.shop.Toy, _t.shop.ToyAddress, dict[str, Any], _t.shop.ToyField]\n"
        "feed: Animal_feed\nsend: Animal_send\nnearest: Animal_nearest\nlook: Animal_look\nusage: Animal_usage"
    )
    assert stub("DogAddress").startswith("class DogAddress(AnimalSegments, One[Dog, PartialDog, DogField]):\n")
    assert "tail: Value[int]" in stub("DogAddress")
    assert stub("PlaceAddress") == (
        "class PlaceAddress(One[Place, PartialPlace, str]):\ntags: Values[str]\nsize: MeasureAddress"
    )


def test_what_cannot_be_an_attribute_follows_a_slash(stub: Any) -> None:
    one = [line for line in stub("AnimalAddress").splitlines() if line != "@overload"]
    assert one == [
        "class AnimalAddress(AnimalSegments, One[Animal, PartialAnimal, AnimalField]):",
        'def __truediv__(self, text: Literal["from"]) -> Value[str]: ...',
        'def __truediv__(self, text: Literal["list"]) -> Value[str]: ...',
        'def __truediv__(self, text: Literal["import"]) -> Animal_import: ...',
        'def __truediv__(self, text: Literal["microsoft.graph.dog"]) -> DogAddress: ...',
        'def __truediv__(self, text: Literal["microsoft.graph.cat"]) -> CatAddress: ...',
        "def __truediv__(self, text: str) -> AnyAddress: ...",
    ]
    many = stub("AnimalAddresses")
    assert 'Literal["microsoft.graph.dog"]) -> DogAddresses' in many
    assert "wash: Animals_wash" in many
    assert "delta" not in many  # our verb
    assert 'Literal["from"]' in stub("DogAddress")  # inherited


def test_actions_and_functions_are_called_with_typed_keywords(stub: Any) -> None:
    assert stub("Animal_feed") == (
        "class Animal_feed(Callable):\n"
        "def __call__(self, *, food: str, bowl: PartialPlace | None = ...) -> None: ..."
    )
    assert stub("Animal_send").splitlines()[2::2] == [
        "def __call__(self, *, toAnimal: PartialAnimal, **more: Any) -> Page[str]: ...",
        "def __call__(self, *, ToAnimal: PartialAnimal, **more: Any) -> Page[str]: ...",
    ]
    assert stub("Animal_nearest").splitlines() == [
        "class Animal_nearest(AnimalAddress):",
        "@overload",
        "def __call__(self, *, meters: int) -> AnimalAddress: ...",
        "@overload",
        "def __call__(self) -> AnimalAddress: ...",
    ]
    assert "class Animal_usage(Callable):" in stub("Animal_usage")  # CSV
    assert stub("Animals_wash") == "class Animals_wash(Callable):\ndef __call__(self) -> None: ..."


def test_the_guide_lists_what_no_attribute_can_be(tool: ModuleType) -> None:
    model = generate.Model(io.BytesIO(CSDL.encode()), ())
    lists = [f"<!-- {name}: written by make types -->\nold\n<!-- end -->\n" for name in ("hidden", "both")]
    page = f"before\n{''.join(lists)}after"

    made = tool.guide(model, page)

    assert "| `import` | `animal` |\n| `list` | `animal` |" in made
    assert "`look`" in made
    assert made.startswith("before\n")
    assert made.endswith("\nafter")
    assert "old" not in made
    assert tool.guide(model, made) == made


def test_the_stubs_of_any_metadata_pass_mypy(made: dict[str, str], tmp_path: Path) -> None:
    package = tmp_path / "leangraph"
    (package / "types").mkdir(parents=True)
    for name in ("_base.pyi", "_verbs.pyi"):
        made[name] = (STUBS / name).read_text(encoding="utf-8")
    for name, text in made.items():
        (package / "types" / name).write_text(text, encoding="utf-8")
    verbs = "".join(
        f"    def {verb}(self, *arguments: Any, **options: Any) -> Any: ...\n" for verb in sorted(VERBS)
    )
    generic = "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass {}(Generic[T]): ...\n"
    for name, text in {
        "__init__": "",
        "address": f"from typing import Any\nclass Address:\n{verbs}"
        "    def __getitem__(self, key: Any) -> Any: ...\n    def __truediv__(self, text: str) -> Any: ...\n",
        "paging": generic.format("Pages"),
        "delta": generic.format("Delta"),
    }.items():
        (package / f"{name}.pyi").write_text(text, encoding="utf-8")
    (tmp_path / "script.py").write_text(
        "from leangraph.types import Roots\nRoots().pet.get().lost\n", encoding="utf-8"
    )

    found = [error for error in mypy(tmp_path, "script.py", cache="made") if "_verbs" not in error.file]
    assert [(error.file, error.line) for error in found] == [("script.py", 2)]


def test_the_metadata_is_fetched_if_an_address_is_given(tool: ModuleType, tmp_path: Path) -> None:
    with canned(lambda seen: (200, CSDL.encode(), {"Content-Type": "application/xml"})) as server:
        assert tool.main(["--metadata", f"{server.url}/beta/$metadata", "--into", str(tmp_path)]) == 0

    assert server.targets == ["/beta/$metadata"]
    assert "class Animal(" in (tmp_path / "src/leangraph/types/__init__.pyi").read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [None, "", "<html>a proxy's page", "<a/>"])
def test_without_metadata_nothing_is_written(
    tool: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    source = tmp_path / "metadata.xml"
    if content is not None:
        source.write_text(content, encoding="utf-8")

    assert tool.main(["--metadata", str(source), "--into", str(tmp_path / "out")]) == 2

    assert "$metadata" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_a_name_calls_is_judged_by_the_type_at_hand(stub: Any) -> None:
    assert "look: Animal_look" in stub("AnimalSegments")  # there, it is an action
    assert "def __call__(self) -> None" in stub("Animal_look")
    assert "look: Callable" in stub("DogAddress")  # which inherits the action, and has a function


OPEN = CSDL.replace(
    '<EntityType Name="report"',
    '''<EntityType Name="fields" BaseType="graph.entity" OpenType="true" />
  <EntityType Name="bird" BaseType="graph.entity" OpenType="true">
    <Property Name="wings" Type="Edm.Int32" />
    <NavigationProperty Name="notes" Type="graph.fields" ContainsTarget="true" />
  </EntityType>
  <EntityType Name="report"''',
).replace("<Singleton", '<EntitySet Name="birds" EntityType="microsoft.graph.bird" /><Singleton')


def test_open_types_are_open() -> None:
    text = stubs.files(generate.Model(io.BytesIO(OPEN.encode()), {"bird", "fields"}))["__init__.pyi"]

    assert "Fields: TypeAlias = dict[str, Any]" in text  # but for an id there is nothing in it
    assert "One[Fields, dict[str, Any], str]" in text
    assert "PartialBird | dict[str, Any]" in text
    assert "class PartialBird(_PartialEntity, total=False):\n wings: int | None" in text


# -- on the user's machine ------------------------------------------------------------------------------------

BETA = """
from typing import TYPE_CHECKING, assert_type

if TYPE_CHECKING:
    from leangraph_beta import Animal, GraphClient
    from leangraph_beta.shop import Toy
else:
    from leangraph import GraphClient
graph = GraphClient(version="beta")
assert_type(graph.animals["x"].get(), Animal)
assert_type(next(iter(graph.toys.list())), Toy)
graph.animals["x"].get()["lost"]
graph.animalz.list()
graph.animals.list(fitler="x")
"""


@pytest.fixture
def beta(tmp_path: Path) -> Path:
    """Return a folder with a script of beta and the stub package that the command line has written."""
    (tmp_path / "beta.csdl").write_text(CSDL, encoding="utf-8")
    (tmp_path / "script.py").write_text(BETA, encoding="utf-8")
    words = ["types", "--beta", "--metadata", str(tmp_path / "beta.csdl"), "--to", str(tmp_path / "stubs")]
    assert main(words) == 0
    return tmp_path


def wrong_lines() -> list[int]:
    lines = BETA.splitlines()
    return [
        number for number, line in enumerate(lines, 1) if "lost" in line or "animalz" in line or "fitler" in line
    ]


def test_the_stubs_of_beta_are_found_by_mypy(beta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(beta / "stubs"))

    assert [error.line for error in mypy(beta, "script.py")] == wrong_lines()
    assert (beta / "stubs" / "pyproject.toml").is_file()


@needs_pyright
def test_the_stubs_of_beta_are_found_by_pyright(beta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(beta / "stubs"))

    assert [error.line for error in pyright(beta, "script.py")] == wrong_lines()


def test_stubs_of_v1_take_the_place_of_those_that_ship(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "graph.csdl").write_text(CSDL, encoding="utf-8")
    assert main(["types", "--metadata", str(tmp_path / "graph.csdl"), "--to", str(tmp_path / "out")]) == 0

    made = {str(path.relative_to(tmp_path / "out").as_posix()) for path in (tmp_path / "out").rglob("*.*")}
    inside = {"__init__.pyi", "shop.pyi", "_base.pyi", "_verbs.pyi"}
    assert made == {f"leangraph-stubs/types/{name}" for name in inside} | {
        "leangraph-stubs/py.typed",
        "pyproject.toml",
    }
    assert "pip install" in capsys.readouterr().out


@pytest.mark.parametrize("source", ["nothing.csdl", "http://127.0.0.1:9/$metadata"])
def test_where_there_is_no_metadata_no_stub_is_written(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["types", "--beta", "--metadata", source, "--to", str(tmp_path / "out")]) > 0

    assert "no metadata" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
