"""Reads Microsoft's metadata: a CSDL document, v1.0's, beta's, or any other of that form.

Only names and types are taken, no text that describes them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree as ET

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


class Metadata:
    """A CSDL document as plain dicts; names relative to ``microsoft.graph``.

    Reference: OData CSDL XML 4.01, https://docs.oasis-open.org/odata/odata-csdl-xml/v4.01/
    """

    def __init__(self, source: Path | str | IO[bytes]) -> None:
        schemas = ET.parse(source).getroot().findall(f".//{EDM}Schema")  # noqa: S314 - expat refuses what grows without bound
        self._namespaces = {s.get("Alias"): s.get("Namespace") for s in schemas if s.get("Alias")}
        self.types: dict[str, dict[str, Any]] = {}
        self.enums: dict[str, list[str]] = {}
        self.flags: list[str] = []
        self.filled: dict[str, list[str]] = {}
        self.computed: dict[str, list[str]] = {}
        self.roots: dict[str, str] = {}
        self.operations: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        containers = []
        unbound: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for schema in schemas:
            for element in schema:
                kind = element.tag.removeprefix(EDM)
                name = self._name(f"{schema.get('Namespace')}.{element.get('Name')}")
                if kind in ("EntityType", "ComplexType"):
                    self.types[name] = self._type(kind, element)
                    self._read_values(name, element)
                elif kind == "EnumType":
                    self.enums[name] = [member.attrib["Name"] for member in element.iterfind(f"{EDM}Member")]
                    self.flags += [name] if element.get("IsFlags") == "true" else []
                elif kind in ("Action", "Function"):
                    binding, operation = self._operation(kind, name, element)
                    overloads = self.operations[binding][element.attrib["Name"]] if binding else unbound[name]
                    overloads.append(operation)
                elif kind == "Annotations":
                    owner, _, member = element.attrib["Target"].partition("/")
                    if member and _is_computed(element):
                        self.computed.setdefault(self._name(owner), []).append(member)
                elif kind == "EntityContainer":
                    containers.append(element)
        for container in containers:
            self._read_container(container, unbound)

    def lineage(self, name: str) -> list[str]:
        """Return the type and its ancestors, the most general one first."""
        base = self.types[name].get("base") if name in self.types else None
        return [*(self.lineage(base) if base else ()), name]

    def _name(self, text: str) -> str:
        """Return a type's name without alias and without ``microsoft.graph.``; collections stay so."""
        inner = text.removeprefix("Collection(").removesuffix(")")
        namespace, _, last = inner.rpartition(".")
        short = f"{self._namespaces.get(namespace, namespace)}.{last}".removeprefix("microsoft.graph.")
        return text.replace(inner, short)

    def _names(self, elements: Iterable[ET.Element]) -> dict[str, str]:
        return {element.attrib["Name"]: self._name(element.attrib["Type"]) for element in elements}

    def _type(self, kind: str, element: ET.Element) -> dict[str, Any]:
        navigation = element.findall(f"{EDM}NavigationProperty")
        alternate = [
            [part.attrib["PropertyPath"] for part in record.iter() if "PropertyPath" in part.attrib]
            for record in element.iter(f"{EDM}Record")
            if record.get("Type", "").endswith("AlternateKey")
        ]
        return filled(
            complex=kind == "ComplexType",
            base=self._name(element.get("BaseType", "")) if element.get("BaseType") else "",
            abstract=element.get("Abstract") == "true",
            open=element.get("OpenType") == "true",
            stream=element.get("HasStream") == "true",
            keys=[part.attrib["Name"] for part in element.iterfind(f"{EDM}Key/{EDM}PropertyRef")],
            alternate=alternate,
            properties=self._names(element.iterfind(f"{EDM}Property")),
            navigation=self._names(navigation),
            references=[n.attrib["Name"] for n in navigation if n.get("ContainsTarget") != "true"],
        )

    def _read_values(self, name: str, element: ET.Element) -> None:
        """Note which properties always have a value, and which the service alone sets."""
        properties = element.findall(f"{EDM}Property")
        if filled := [each.attrib["Name"] for each in properties if each.get("Nullable") == "false"]:
            self.filled[name] = filled
        for each in properties:
            if _is_computed(each):
                self.computed.setdefault(name, []).append(each.attrib["Name"])

    def _operation(self, kind: str, name: str, element: ET.Element) -> tuple[str, dict[str, Any]]:
        """Return what the operation is bound to ("" for nothing) and its record."""
        parameters = element.findall(f"{EDM}Parameter")
        bound = parameters.pop(0) if element.get("IsBound") == "true" else None
        returns = element.find(f"{EDM}ReturnType")
        optional = [
            parameter.attrib["Name"]
            for parameter in parameters
            if any("OptionalParameter" in note.get("Term", "") for note in parameter)
        ]
        record = filled(
            kind=kind.lower(),
            namespace=name.rpartition(".")[0],
            parameters=self._names(parameters),
            optional=optional,
            returns=self._name(returns.attrib["Type"]) if returns is not None else "",
            composable=element.get("IsComposable") == "true",
        )
        return self._name(bound.attrib["Type"]) if bound is not None else "", record

    def _read_container(self, container: ET.Element, unbound: Mapping[str, list[dict[str, Any]]]) -> None:
        for element in container:
            kind, name = element.tag.removeprefix(EDM), element.get("Name", "")
            if kind == "EntitySet":
                self.roots[name] = f"Collection({self._name(element.attrib['EntityType'])})"
            elif kind == "Singleton":
                self.roots[name] = self._name(element.attrib["Type"])
            elif kind in ("ActionImport", "FunctionImport"):
                operation = self._name(element.attrib[kind.removesuffix("Import")])
                self.operations[""][name] = unbound[operation]


def filled(**record: Any) -> dict[str, Any]:
    """Return the record without its empty fields: absent means empty, which halves the file."""
    return {name: value for name, value in record.items() if value}


def _is_computed(element: ET.Element) -> bool:
    """Tell whether a property is annotated as one that no request sets."""
    for note in element.iterfind(f"{EDM}Annotation"):
        term = note.get("Term", "")
        permission = "".join(member.text or "" for member in note.iter(f"{EDM}EnumMember"))
        if term.endswith("Core.V1.Computed") and note.get("Bool", "true") == "true":
            return True
        if term.endswith("Core.V1.Permissions") and permission.endswith("Permission/Read"):
            return True
    return False
