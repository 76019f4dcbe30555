"""How often an update of an item writes an index that has the item."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from singletable.design import ir

_QUOTED = re.compile(r'"[^"]*"')
_CLAUSE = re.compile(r"\b(SET|REMOVE|ADD|DELETE) ")


@dataclass(frozen=True)
class UpdatedEntry:
    """An update of an item that an index has. `changed`: fields, if that is said."""

    changed: Sequence[str] | None
    action: ir.Action
    entity: ir.Entity
    key: ir.Key
    index: ir.Index

    @property
    def times(self) -> int:
        """Two if the index key changes, one if it is removed or if the index has what changes."""
        attributes, removed = self._attributes
        if removed & {*self.index.attribute_names}:
            return 1
        own = {each.attribute for each in self.key.templates if self._varies(each)}
        if own & attributes:
            return 2
        if self.index.projection.kind == "ALL":
            return 1
        return 1 if attributes & {*self.index.projection.names, *self.index.attribute_names} else 0

    def _varies(self, template: ir.Template) -> bool:
        """Whether the text may differ from that of the same item before: its fields are not all in
        the primary key, and may change."""
        fields = {part.field for part in template.parts}
        if self.key.shards is not None and not fields <= {*self.key.fields}:
            fields = fields & {*self.key.fields} | {*self.key.shards.by}
        return not fields <= {*self.entity.primary.fields} | self._unchanged

    @cached_property
    def _unchanged(self) -> set[str]:
        """Fields that would be replaced, and are said to stay."""
        if self.changed is None:
            return set()
        if self.action.update is None:
            return {each.name for each in self.entity.fields} - {*self.changed}
        replaced = {each.field for each in self.action.changes if each.kind == "replaced"}
        return replaced - {*self.changed}

    @cached_property
    def _attributes(self) -> tuple[set[str], set[str]]:
        """The attributes that are written, and those that are removed."""
        stored = {each.name: each.stored for each in self.entity.fields}
        if self.action.update is None:
            written = {*stored.values(), *self.index.attribute_names}
            removed = set[str]()
        else:
            written = {*self.action.update.attributes}
            removed = _removed(self.action.update)
        written -= {stored[each] for each in self._unchanged}
        still = {t.attribute for t in self.key.templates if not self._varies(t)}
        if self._unchanged or not (self.key.is_sparse or self.action.verb == "Upsert"):
            written -= still
        return written | removed, removed


def _removed(update: ir.Expression) -> set[str]:
    """The attributes that an update removes."""
    words = _CLAUSE.split(_QUOTED.sub('""', update.text))
    texts = [text for verb, text in zip(words[1::2], words[2::2], strict=True) if verb == "REMOVE"]
    return {name.strip() for text in texts for name in text.split(",")}
