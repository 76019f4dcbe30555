"""The difference between what is stored of an entity and what is to be stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from singletable.codec import AttributeValue, same_value
from singletable.expressions import Binder
from singletable.operations.writes.stored_form import StoredForm, keep_unknown, meaning
from singletable.records import record
from singletable.schema import Attribute

Item = Mapping[str, AttributeValue]


@record
class Difference:
    """The attributes to write: their new values, None for those to be removed.

    `item`: the whole item afterwards. `unasked`: attributes that are written although both states
    agree on them, as something else is stored: what an upgrade changed, or was changed in place.
    """

    changes: Mapping[str, AttributeValue | None]
    item: Item
    unasked: tuple[str, ...]

    def render(self, binder: Binder, rewritten: Collection[str] = ()) -> str:
        """The update expression; `rewritten` are written whether they differ or not."""
        names = [name for name in self.item if name in self.changes or name in rewritten]
        sets = [f"{binder.name(name)} = {binder.value(self.item[name], name)}" for name in names]
        gone = [name for name, value in self.changes.items() if value is None]
        gone += sorted(name for name in rewritten if name not in self.item and name not in gone)
        removes = [binder.name(name) for name in gone]
        clauses = ["SET " + ", ".join(sets)] if sets else []
        return " ".join([*clauses, "REMOVE " + ", ".join(removes)] if removes else clauses)


def find_difference(form: StoredForm, new: Item) -> Difference:
    """Finds what turns the stored form into the new item.

    Attributes that the entity does not own stay as they are, but for what its upgrade did to them.
    A change of the caller's is written also where it was stored before the upgrade: another writer
    may have stored what the upgrade made of it.
    """
    owned = form.schema.owned_names
    kept = {name: value for name, value in form.upgraded.items() if name not in owned}
    item, changes = {**kept, **new}, dict[str, AttributeValue | None]()
    for name in dict.fromkeys((*item, *form.stored, *form.encoded)):
        stored, is_asked = form.stored.get(name), _is_asked(form, name, new.get(name))
        if stored == item.get(name) and not is_asked:
            continue
        value = _find_value(form, name, item.get(name))
        if is_asked or not same_value(value, stored):
            changes[name] = value
        if value is not None:
            item[name] = value
    unasked = tuple(
        name
        for name in changes
        if not _is_key_or_type(form, name) and same_value(form.encoded.get(name), new.get(name))
    )
    return Difference(changes, item, unasked)


def _find_value(form: StoredForm, name: str, new: AttributeValue | None) -> AttributeValue | None:
    """The value that an attribute gets: the stored one where it means the new one already."""
    stored, attribute = form.stored.get(name), form.schema.by_stored_name.get(name)
    if attribute is None or not form.is_read or same_value(stored, new):
        return new
    return _value_of_field(form, attribute, new)


def _value_of_field(
    form: StoredForm, attribute: Attribute, new: AttributeValue | None
) -> AttributeValue | None:
    name = attribute.stored
    stored, upgraded = form.stored.get(name), form.upgraded.get(name)
    if not _is_asked(form, name, new) and same_value(stored, upgraded):
        known, is_in_index = meaning(attribute, upgraded), name in form.schema.names_in_indexes
        if same_value(known, new) and not (stored is None and is_in_index):
            return stored
    if new is None or upgraded is None:
        return new
    return keep_unknown(attribute, upgraded, new)


def _is_asked(form: StoredForm, name: str, new: AttributeValue | None) -> bool:
    """Whether the caller changed an attribute."""
    old = form.encoded.get(name)
    return old != new and not same_value(old, new)


def _is_key_or_type(form: StoredForm, name: str) -> bool:
    schema = form.schema
    if name == schema.table.type_attribute:
        return True
    return any(name in key.own_attributes for key in schema.secondary)
