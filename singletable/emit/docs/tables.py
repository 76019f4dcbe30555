"""The tables and their indexes, as text and as diagrams."""

from __future__ import annotations

from collections.abc import Iterator

from singletable.design.ir import (
    PRIMARY,
    Capacity,
    Deployment,
    Design,
    Index,
    Key,
    KeyAttribute,
    Projection,
    Table,
    Units,
)
from singletable.emit.docs.markdown import block, code, codes, table

_TYPES = {"N": "number", "B": "bytes"}
_PROJECTIONS = {"ALL": "everything", "KEYS_ONLY": "keys only"}


def table_section(design: Design) -> Iterator[str]:
    """The blocks of the section, without its heading; of several tables each with its own."""
    for declared in design.tables:
        if len(design.tables) > 1:
            yield f"### {code(declared.name)}"
        yield _conventions(declared)
        yield " ".join(_deployment(declared.deployment))
        yield table(
            ("Index", "Kind", "Partition key", "Sort key", "Holds", "Entities"),
            [_index(design, declared, index) for index in declared.indexes],
        )
        yield block("\n".join(_diagram(design, declared)), "mermaid")


def _conventions(declared: Table) -> str:
    sentences = [f"The parts of a key are separated by {code(declared.delimiter)}."]
    if declared.type_attribute is not None:
        says = f"Every item says in {code(declared.type_attribute)} which entity it is"
        sentences.insert(0, says + (", or its primary key." if declared.known_by_key else "."))
    if declared.ttl_attribute is not None:
        sentences.append(
            f"DynamoDB deletes items some time after their {code(declared.ttl_attribute)}."
        )
    return " ".join(sentences)


def _deployment(known: Deployment | None) -> Iterator[str]:
    """Sentences on how the table is deployed; none where the design does not say it."""
    if known is None:
        return
    yield f"It is billed {_capacity(Capacity(known.units, known.max_units, known.warm_units))}."
    yield f"Its stream holds {code(known.stream)}." if known.stream else "It has no stream."
    yield f"Point-in-time recovery is {_switch(known.recovery)}."
    yield f"Deletion protection is {_switch(known.protection)}."
    yield f"Its class is {code(known.table_class)}."
    if known.encryption is not None:
        yield f"It is encrypted by the key {code(known.encryption)}."
    if known.replicas:
        yield f"It has replicas in {codes(known.replicas)}."


def _switch(is_on: bool) -> str:
    return "on" if is_on else "off"


def _capacity(known: Capacity) -> str:
    words = "on demand" if known.units is None else f"provisioned, {_units(known.units)}"
    if known.max_units is not None:
        words += f", at most {_units(known.max_units)}"
    return words + (f", {_units(known.warm_units)} warm" if known.warm_units else "")


def _units(units: Units) -> str:
    return "{} read and {} write units".format(*units)


def _index(design: Design, declared: Table, index: Index) -> tuple[str, ...]:
    is_primary = index.name == PRIMARY
    return (
        code(index.name),
        "the table's own" if is_primary else _kind(index),
        _attributes(index.partition),
        _attributes(index.sort),
        "" if is_primary else _held(index),
        ", ".join(_entities(design, declared, index)),
    )


def _entities(design: Design, declared: Table, index: Index) -> Iterator[str]:
    for entity in design.entities_of(declared):
        for key in entity.keys:
            if key.index == index.name:
                conditions = ", and ".join(_entry_conditions(key))
                yield f"{entity.name} (where {conditions})" if conditions else entity.name


def _entry_conditions(key: Key) -> Iterator[str]:
    if key.sparse:
        yield f"{codes(key.sparse, ' and ')} is set"
    if key.when is not None:
        yield code(key.when.text)


def _attributes(attributes: tuple[KeyAttribute, ...]) -> str:
    return ", ".join(map(_attribute, attributes))


def _attribute(attribute: KeyAttribute) -> str:
    kind = _TYPES.get(attribute.type)
    return code(attribute.name) + (f" ({kind})" if kind else "")


def _held(index: Index) -> str:
    """What it holds, and its own capacity where it has one."""
    own = f"; {_capacity(index.capacity)}" if index.capacity != Capacity() else ""
    filters = index.vector.filters if index.vector is not None else ()
    by = f"; filters: {_attributes(filters)}" if filters else ""
    return _projection(index.projection) + own + by


def _kind(index: Index) -> str:
    """The kind; of a vector index also what it compares, and how."""
    vector = index.vector
    if vector is None:
        return index.kind
    distance = vector.distance.replace("_", " ")
    return f"vector: {code(vector.attribute)}, {vector.dimensions} dimensions, {distance}"


def _projection(projection: Projection) -> str:
    return _PROJECTIONS.get(projection.kind) or f"keys and {codes(projection.names)}"


def _diagram(design: Design, declared: Table) -> Iterator[str]:
    """Mermaid: which entity has which key on which index; dotted where it may be absent."""
    entities = design.entities_of(declared)
    yield "flowchart LR"
    for entity in entities:
        yield f"    {entity.name}[{entity.name}]"
    for number, index in enumerate(declared.indexes):
        vector = () if index.vector is None else (index.vector.attribute,)
        names = ", ".join((*index.attribute_names, *vector))
        yield f'    index{number}[("{index.name}<br/>{names}")]'
    numbers = {index.name: number for number, index in enumerate(declared.indexes)}
    for entity in entities:
        for key in entity.keys:
            arrow = "-.->" if key.is_sparse else "-->"
            label = "<br/>".join(_escape(each.source) for each in key.templates) or "its vector"
            yield f'    {entity.name} {arrow}|"{label}"| index{numbers[key.index]}'


def _escape(text: str) -> str:
    """Mermaid takes `#` for the start of an entity code."""
    return text.replace("#", "#35;").replace('"', "#quot;")
