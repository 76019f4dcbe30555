"""Builds unique constraints: unique items of the engine, or those that another program has too."""

from __future__ import annotations

from collections.abc import Mapping

from singletable.schema.attribute import Attribute
from singletable.schema.checks import Refuse
from singletable.schema.key_parts import check_formats, formats_of
from singletable.schema.unique import OWNER, SORT_TEXT, Unique
from singletable.table import KeyTemplates, TableDefinition, UniqueDeclaration
from singletable.table.index import PARTITION_KEY_BYTES
from singletable.templates import Template, compile_template

Attributes = Mapping[str, Attribute]


def build_unique(
    entity: str,
    table: TableDefinition,
    declaration: UniqueDeclaration,
    attributes: Attributes,
    expiry: str | None,
    refuse: Refuse,
) -> Unique:
    """Builds a constraint; `expiry` is the stored name of the entity's TTL."""
    where, word = f"{entity}.unique({declaration.field})", _word(declaration, attributes)
    if any(key.type != "S" for key in table.primary_index.attributes):
        raise refuse(f"{where} needs a unique item", "primary key attributes of text")
    key = declaration.key
    if key is None:
        _check_owner(where, table, expiry, refuse)
        words = [SORT_TEXT, entity, word.replace("{", "{{").replace("}", "}}")]
        source = table.delimiter.join([*words, *(f"{{{name}}}" for name in declaration.fields)])
    else:
        _check_key(where, table, key, refuse)
        if declaration.name is not None and table.type_attribute is None:
            raise refuse(f"{where} has the name {declaration.name!r}", "none: no item has a type")
        source = key.partition[0]
    template = _compile(source, table, attributes, where)
    if key is not None and sorted(template.fields) != sorted(declaration.fields):
        raise refuse(
            f"{where} has the key {source!r}",
            f"each of {', '.join(declaration.fields)} once, and no other field",
        )
    return Unique(
        entity,
        declaration.field,
        word,
        declaration.scope,
        template,
        table,
        expiry,
        sort_text=SORT_TEXT if key is None else "".join(key.sort),
        kind=None if key is None else declaration.name,
        has_owner=key is None,
        is_named=declaration.name is not None,
    )


def _word(declaration: UniqueDeclaration, attributes: Attributes) -> str:
    """What stands for the field in unique items: its stored name, as its name in code may change.

    Those of another program do not have it.
    """
    if declaration.key is None and declaration.name is not None:
        return declaration.name
    attribute = attributes.get(declaration.field)
    return declaration.field if attribute is None else attribute.stored


def _check_owner(where: str, table: TableDefinition, expiry: str | None, refuse: Refuse) -> None:
    if OWNER in table.key_attributes:
        raise refuse(
            f"{where} stores its owner in {OWNER!r}, a key attribute of the table",
            "another name for that key attribute",
        )
    if OWNER in (expiry, table.type_attribute):
        raise refuse(
            f"{where} stores its owner in {OWNER!r}, the attribute of the TTL or of the type",
            "another name for that attribute",
        )


def _check_key(where: str, table: TableDefinition, key: KeyTemplates, refuse: Refuse) -> None:
    is_own = key.table is table and key.index.kind == "primary" and not key.is_natural
    if not is_own or key.shards is not None or any("{" in sort for sort in key.sort):
        raise refuse(
            f"{where} has a key on {key.index.label} of {key.table!r}",
            "templates on the table's own index, without shards; the sort key's is literal text",
        )


def _compile(source: str, table: TableDefinition, attributes: Attributes, where: str) -> Template:
    formats = formats_of(attributes)
    check_formats(source, attributes, formats, where)
    return compile_template(
        source, formats, where=where, limit=PARTITION_KEY_BYTES, delimiter=table.delimiter
    )
