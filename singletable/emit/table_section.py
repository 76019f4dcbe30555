"""The table and its indexes, as text and as a diagram."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from singletable.catalogue import Catalogue, IndexRow
from singletable.emit.create_table import ttl_attribute
from singletable.emit.markdown import block, code, codes, table
from singletable.table import KeyAttribute, Projection

_TYPES = {"N": "number", "B": "bytes"}
_PROJECTIONS = {"ALL": "everything", "KEYS_ONLY": "keys only"}


def table_section(catalogue: Catalogue) -> list[str]:
    """The blocks of the section, without its heading."""
    return [
        _conventions(catalogue),
        table(
            ("Index", "Kind", "Partition key", "Sort key", "Holds", "Entities"),
            map(_index, catalogue.indexes),
        ),
        block("\n".join(diagram(catalogue)), "mermaid"),
    ]


def _conventions(catalogue: Catalogue) -> str:
    declared = catalogue.table
    sentences = [
        f"Every item says in {code(declared.type_attribute)} which entity it is.",
        f"The parts of a key are separated by {code(declared.delimiter)}.",
    ]
    expiry = ttl_attribute(declared)
    if expiry is not None:
        sentences.append(f"DynamoDB deletes items some time after their {code(expiry)}.")
    return " ".join(sentences)


def _index(row: IndexRow) -> tuple[str, ...]:
    index = row.index
    return (
        code(index.label),
        "the table's own" if index.kind == "primary" else index.kind,
        _attribute(index.partition),
        _attribute(index.sort),
        "" if index.kind == "primary" else _projection(index.projection),
        ", ".join(_entities(row.entities)),
    )


def _entities(entities: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for name, sparse in entities.items():
        yield f"{name} (where {codes(sparse, ' and ')} is set)" if sparse else name


def _attribute(attribute: KeyAttribute | None) -> str:
    if attribute is None:
        return ""
    kind = _TYPES.get(attribute.type)
    return code(attribute.name) + (f" ({kind})" if kind else "")


def _projection(projection: Projection) -> str:
    return _PROJECTIONS.get(projection.kind) or f"keys and {codes(projection.names)}"


def diagram(catalogue: Catalogue) -> Iterator[str]:
    """Mermaid: which entity has which key on which index; dotted where it may be absent."""
    yield "flowchart LR"
    for entity in catalogue.entities:
        yield f"    {entity.name}[{entity.name}]"
    for number, row in enumerate(catalogue.indexes):
        names = ", ".join(row.index.attribute_names)
        yield f'    index{number}[("{row.index.label}<br/>{names}")]'
    numbers = {row.index.label: at for at, row in enumerate(catalogue.indexes)}
    for entity in catalogue.entities:
        for key in entity.keys:
            arrow = "-.->" if key.sparse else "-->"
            label = "<br/>".join(map(_escaped, filter(None, (key.partition, key.sort))))
            yield f'    {entity.name} {arrow}|"{label}"| index{numbers[key.index]}'


def _escaped(text: str) -> str:
    """Mermaid takes `#` for the start of an entity code."""
    return text.replace("#", "#35;").replace('"', "#quot;")
