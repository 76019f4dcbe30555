"""Builds the parts of a key: one template, and its formats, for each key attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from singletable.errors.declaration import UnusableKeyField
from singletable.formats import Format, Native, infer_format
from singletable.records import record
from singletable.schema.attribute import Attribute
from singletable.schema.key import KeyPart
from singletable.table import KeyAttribute, TableDefinition
from singletable.templates import Template, compile_template


@record
class PartBuilder:
    label: str
    entity: str
    table: TableDefinition
    attributes: Mapping[str, Attribute]
    primary: bool

    def build_all(
        self,
        sources: Sequence[str],
        attributes: Sequence[KeyAttribute],
        limit: int,
        shard: Mapping[str, Format] = MappingProxyType({}),
    ) -> tuple[KeyPart, ...]:
        """Builds the parts of one side, a template for each attribute."""
        pairs = zip(sources, attributes, strict=True)
        return tuple(self.build(source, attribute, limit, shard) for source, attribute in pairs)

    def build(
        self,
        source: str,
        attribute: KeyAttribute,
        limit: int,
        shard: Mapping[str, Format],
    ) -> KeyPart:
        """Builds one key attribute of the entity."""
        if attribute.name == self.table.type_attribute and source != self.entity:
            raise self._invalid(
                f"{attribute.name}, the type attribute, is {source!r}", f"{self.entity!r}"
            )
        natural = self._natural_field(source, attribute)
        copied = None if natural is not None else self._copied_field(source, attribute)
        field, formats = natural or copied, {**formats_of(self.attributes), **shard}
        if field is not None and attribute.type != "S":
            formats.setdefault(field.field, Native(name=attribute.type, alphabet=None))
        check_formats(source, self.attributes, formats, self.label)
        if field is not None and not formats[field.field].tells_value:
            raise self._invalid(
                f"{field.field} ({formats[field.field].name}) is itself the key attribute"
                f" {attribute.name}, which has the field as it is stored",
                "text(lower=True), or a key attribute of another name",
            )
        template = compile_template(
            source,
            formats,
            where=self.label,
            limit=limit,
            delimiter=self.table.delimiter,
            natural=field is not None,
        )
        self._check_presence(template)
        coders = (None if each is None else each.coder for each in (natural, copied))
        return KeyPart(attribute, template, *coders)

    def _copied_field(self, source: str, attribute: KeyAttribute) -> Attribute | None:
        """The field whose number or bytes are the attribute's, too; None where that is text."""
        if attribute.type == "S":
            return None
        field = self.attributes.get(source.removeprefix("{").removesuffix("}"))
        if field is None or source != f"{{{field.field}}}":
            raise self._invalid(
                f"{attribute.name} is {attribute.type}, and {source!r} its template",
                "one field, such as '{score}', that is stored as that type",
            )
        self._check_tags(field, attribute)
        return field

    def _check_tags(self, field: Attribute, attribute: KeyAttribute) -> None:
        if field.coder.is_opaque:
            raise self._invalid(
                f"{field.field}, which has stored_as, is itself the key attribute {attribute.name}",
                "templates of text, with a format of its own",
            )
        if field.coder.tags != frozenset({attribute.type}):
            raise self._invalid(
                f"{field.field} is stored as {', '.join(sorted(field.coder.tags))}",
                f"{attribute.type}, the type of {attribute.name}",
            )

    def natural_sources(self, attributes: Sequence[KeyAttribute]) -> tuple[str, ...]:
        """The templates of attributes that are fields; the entity's name for the type attribute."""
        stored = {known.stored: f"{{{field}}}" for field, known in self.attributes.items()}
        if self.table.type_attribute is not None:
            stored[self.table.type_attribute] = self.entity
        for attribute in attributes:
            if attribute.name not in stored:
                raise self._invalid(
                    f"{attribute.name} of a natural key is no field of {self.entity}",
                    f"a field of that name, or key(...) with a template for {attribute.name}",
                )
        return tuple(stored[attribute.name] for attribute in attributes)

    def _natural_field(self, source: str, attribute: KeyAttribute) -> Attribute | None:
        stored = {known.stored: known for known in self.attributes.values()}
        field = stored.get(attribute.name)
        if field is None:
            return None
        if source != f"{{{field.field}}}":
            raise self._invalid(
                f"{attribute.name} is both the field {field.field} and {source!r}",
                f"'{{{field.field}}}', or another attribute name for the index",
            )
        self._check_tags(field, attribute)
        return field

    def _check_presence(self, template: Template) -> None:
        for field in template.fields:
            attribute = self.attributes.get(field)
            if self.primary and attribute is not None and attribute.coder.absent is None:
                raise self._invalid(f"{field} may be None", "required fields in a primary key")

    def _invalid(self, declared: str, allowed: str) -> UnusableKeyField:
        return UnusableKeyField(where=self.label, declared=declared, allowed=allowed)


def check_formats(
    source: str, attributes: Mapping[str, Attribute], formats: Mapping[str, Format], where: str
) -> None:
    """Checks that the fields which a template names have key text; the error says why not."""
    for field, attribute in attributes.items():
        if f"{{{field}}}" in source and field not in formats:
            if attribute.coder.is_opaque:
                raise UnusableKeyField(
                    where=where,
                    declared=f"{field} has stored_as, and no format for key text",
                    allowed="Annotated[..., stored_as(...), a format]",
                )
            try:
                infer_format(attribute.annotation)
            except ValueError as error:
                raise UnusableKeyField(
                    where=where, declared=f"{field} {error}", allowed="a field with a key format"
                ) from None


def formats_of(attributes: Mapping[str, Attribute]) -> dict[str, Format]:
    return {
        field: attribute.format
        for field, attribute in attributes.items()
        if attribute.format is not None
    }
