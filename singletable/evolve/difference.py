"""What differs between two designs, and what each difference means for items, programs and
readers.

Entities, indexes, fields and patterns are compared by name: what is renamed is one that went and
one that came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, TypeVar, get_args

from singletable.design import ir
from singletable.evolve.formats import compare_formats

Kind = Literal["free", "index", "rewriting", "forbidden"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Of growing gravity: nothing has to be done; DynamoDB makes or drops an index; stored items have
to be written anew; DynamoDB cannot change it in a table that there is."""

T = TypeVar("T")


@dataclass(frozen=True)
class Rule:
    """`items`: what becomes of stored items; `programs`: of those that still run with the old
    design, and of readers meanwhile."""

    slug: str
    kind: Kind
    title: str
    items: str
    programs: str


@dataclass(frozen=True)
class Difference:
    """`subject`: the table, index, entity, field or pattern; `said`: what was, and what is."""

    rule: Rule
    subject: str
    said: str


_STAY = "They stay as they are."
_NOTHING = "They go on."
_UNTIL_BACKFILLED = "They are not found there until they are written anew."

TABLE_ADDED = Rule(
    "table-added", "free", "A table is new", "There are none.", "It has to be there first."
)
TABLE_REMOVED = Rule(
    "table-removed",
    "rewriting",
    "A table is gone",
    "They stay until the table is deleted; copy them before, where another table takes them over.",
    "Old programs go on until the table is deleted.",
)
PRIMARY_CHANGED = Rule(
    "primary-key-changed",
    "forbidden",
    "The primary key of a table has other attributes",
    "DynamoDB keeps a table's key schema for ever: all go to a new table.",
    "Old and new programs ask different tables.",
)
LOCAL_CHANGED = Rule(
    "local-index-changed",
    "forbidden",
    "A local index is new, gone, or another one",
    "DynamoDB makes local indexes with their table alone: all go to a new table.",
    "Old and new programs ask different tables.",
)
INDEX_ADDED = Rule(
    "index-added",
    "index",
    "An index is new",
    "Those that have its key attributes are filled in by DynamoDB.",
    "New programs find nothing there, or a part, until DynamoDB has filled it.",
)
INDEX_REMOVED = Rule(
    "index-removed",
    "index",
    "An index is gone",
    "Their attributes of its key stay, for nobody.",
    "Old programs are refused as soon as it is deleted.",
)
INDEX_REPLACED = Rule(
    "index-replaced",
    "index",
    "An index has another key or projection",
    "DynamoDB changes neither: make the index anew, under another name, and delete the old one.",
    "Both indexes are needed until no program asks the old one.",
)
TYPE_CHANGED = Rule(
    "type-attribute-changed",
    "rewriting",
    "Another attribute says of which entity an item is",
    "Those that say it in the old one are of no entity until they are written anew.",
    "Neither side reads what the other writes.",
)
EXPIRY_CHANGED = Rule(
    "expiry-attribute-changed",
    "rewriting",
    "Another attribute says when items expire",
    "Those that say it in the old one never expire; DynamoDB takes up to an hour to switch.",
    "What old programs write does not expire.",
)
DELIMITER_CHANGED = Rule(
    "delimiter-changed",
    "rewriting",
    "Keys are divided by another text",
    "Those whose keys have it have to be written anew under other keys.",
    "Neither side finds what the other writes.",
)
DEPLOYMENT_CHANGED = Rule(
    "deployment-changed", "free", "A table is deployed otherwise", _STAY, _NOTHING
)
ENTITY_ADDED = Rule(
    "entity-added",
    "free",
    "An entity is new",
    "There are none.",
    "Old programs skip its items where a type tells them, and refuse them where only keys do.",
)
ENTITY_REMOVED = Rule(
    "entity-removed",
    "rewriting",
    "An entity is gone",
    "They stay, and nobody reads them, until they are deleted.",
    "Old programs go on writing them.",
)
FIELD_ADDED = Rule(
    "field-added",
    "free",
    "A field that may be absent is new",
    "Their absence of it is read as its default.",
    "Old programs leave it alone, but that a put of a whole item drops it.",
)
FIELD_REQUIRED = Rule(
    "field-required",
    "rewriting",
    "A field has to be there",
    "Those without it cannot be read until it is filled in.",
    "What old programs create cannot be read.",
)
FIELD_OPTIONAL = Rule(
    "field-optional",
    "free",
    "A field may be absent",
    _STAY,
    "Old programs cannot read items that new ones leave without it.",
)
FIELD_REMOVED = Rule(
    "field-removed",
    "free",
    "A field is gone",
    "Their attribute stays and is ignored, until a put of a whole item drops it.",
    "Old programs that require it cannot read what new ones create.",
)
FIELD_RENAMED = Rule(
    "stored-name-changed",
    "rewriting",
    "A field is stored under another name",
    "Their old attribute is ignored: say `renamed=` of the entity, or write them anew.",
    "Neither side sees what the other writes there.",
)
FIELD_RETYPED = Rule(
    "field-type-changed",
    "rewriting",
    "A field has another type",
    "Those that hold the old one cannot be read: say `upgrade=` of the entity, or write them anew.",
    "Neither side reads what the other writes there.",
)
DEFAULT_CHANGED = Rule(
    "default-changed",
    "free",
    "The absence of a field means another value",
    "Those without it are read with the new default.",
    "Old and new programs read them differently.",
)
ROLES_CHANGED = Rule(
    "role-changed",
    "rewriting",
    "The engine keeps a field for something else",
    "Those without it, or with another meaning of it, have to be written anew.",
    "Old programs do not keep it.",
)
FIELD_STORED = Rule(
    "field-stored",
    "rewriting",
    "A field that key text alone had is an attribute",
    "They lack the attribute: without it they cannot be read, or are read as without the field.",
    "What old programs write lacks it, too.",
)
FIELD_IN_KEY = Rule(
    "field-in-key",
    "free",
    "A field is in key text alone",
    "They are read by their key; their attribute stays and is ignored, until a put of a whole item"
    " drops it.",
    "Old programs cannot read, or read without the field, what new ones create.",
)
KEY_CHANGED = Rule(
    "primary-key-template-changed",
    "rewriting",
    "An entity has another primary key",
    "Each has to be put under its new key and deleted under the old one, with its unique items.",
    "Neither side finds what the other writes.",
)
INDEX_KEY_ADDED = Rule(
    "index-key-added",
    "rewriting",
    "An entity has a key on an index",
    f"They lack it. {_UNTIL_BACKFILLED}",
    "What old programs write is not in the index.",
)
INDEX_KEY_REMOVED = Rule(
    "index-key-removed",
    "free",
    "An entity has no key on an index any more",
    "They keep it, and stay in the index, until they are written anew.",
    "Old programs miss what new ones write.",
)
INDEX_KEY_CHANGED = Rule(
    "index-key-template-changed",
    "rewriting",
    "An entity has another key on an index",
    f"They have the old one. {_UNTIL_BACKFILLED}",
    "Old programs miss what new ones write, and the other way round.",
)
MEMBERSHIP_CHANGED = Rule(
    "membership-changed",
    "rewriting",
    "An index takes other items of an entity",
    f"Those that it takes now lack its key. {_UNTIL_BACKFILLED}",
    "Old programs write by the old condition.",
)
SHARDS_CHANGED = Rule(
    "shards-changed",
    "rewriting",
    "A partition is spread otherwise",
    f"They are in the old shards. {_UNTIL_BACKFILLED}",
    "Old programs ask, and write to, the old shards.",
)
WIDER_FORMAT = Rule(
    "format-widened",
    "free",
    "A field may have more texts in keys",
    _STAY,
    "Old programs cannot read items with the new texts.",
)
FORMAT_CHANGED = Rule(
    "format-changed",
    "rewriting",
    "A field has other texts in keys",
    "Those with the old text are found under it alone, and some cannot be read.",
    "Neither side finds what the other writes.",
)
UNIQUE_ADDED = Rule(
    "unique-added",
    "rewriting",
    "A field is unique",
    "They claim nothing: each needs its unique item, and two with one value a decision.",
    "What old programs write claims nothing.",
)
UNIQUE_REMOVED = Rule(
    "unique-removed",
    "rewriting",
    "A field is not unique any more",
    "Their unique items stay, for nobody, until they are deleted.",
    "Old programs go on claiming values, and are refused those that new ones took.",
)
UNIQUE_CHANGED = Rule(
    "unique-key-changed",
    "rewriting",
    "Unique items have other keys",
    "Their claims are under the old keys: a value may be taken twice until all are moved.",
    "Neither side sees what the other claims.",
)
PATTERN_ADDED = Rule("pattern-added", "free", "A pattern is new", _STAY, _NOTHING)
PATTERN_REMOVED = Rule("pattern-removed", "free", "A pattern is gone", _STAY, _NOTHING)
PATTERN_CHANGED = Rule(
    "pattern-changed", "free", "A pattern asks or writes something else", _STAY, _NOTHING
)

RULES: tuple[Rule, ...] = tuple(each for each in globals().values() if isinstance(each, Rule))


def compare_designs(old: ir.Design, new: ir.Design) -> list[Difference]:
    """Every difference of the two, the gravest first."""
    found = [*_tables(old, new), *_entities(old, new), *_patterns(old, new)]
    return sorted(found, key=lambda each: -KINDS.index(each.rule.kind))


def _named(values: Sequence[T], name: str = "name") -> dict[str, T]:
    return {getattr(each, name): each for each in values}


def _came_and_went(
    old: Mapping[str, object], new: Mapping[str, object], added: Rule, removed: Rule, within: str
) -> Iterator[Difference]:
    yield from (Difference(added, f"{within}{name}", "new") for name in new if name not in old)
    yield from (Difference(removed, f"{within}{name}", "gone") for name in old if name not in new)


def _tables(old: ir.Design, new: ir.Design) -> Iterator[Difference]:
    before, after = _named(old.tables), _named(new.tables)
    yield from _came_and_went(before, after, TABLE_ADDED, TABLE_REMOVED, "")
    for name, is_ in after.items():
        if name in before:
            yield from _table(before[name], is_)


def _table(old: ir.Table, new: ir.Table) -> Iterator[Difference]:
    name = new.name
    if _index_key(old.primary) != _index_key(new.primary):
        said = f"{_index_text(old.primary)} → {_index_text(new.primary)}"
        yield Difference(PRIMARY_CHANGED, name, said)
    for rule, was, is_ in (
        (TYPE_CHANGED, old.type_attribute, new.type_attribute),
        (EXPIRY_CHANGED, old.ttl_attribute, new.ttl_attribute),
        (DELIMITER_CHANGED, old.delimiter, new.delimiter),
    ):
        if was != is_:
            yield Difference(rule, name, f"{was or 'none'} → {is_ or 'none'}")
    if old.deployment != new.deployment:
        yield Difference(DEPLOYMENT_CHANGED, name, "see `singletable drift`")
    before, after = _named(old.indexes[1:]), _named(new.indexes[1:])
    for index in [*after, *(each for each in before if each not in after)]:
        yield from _index(name, before.get(index), after.get(index))


def _index(table: str, old: ir.Index | None, new: ir.Index | None) -> Iterator[Difference]:
    one = new or old
    if one is None or (old is not None and new is not None and _shape(old) == _shape(new)):
        return
    texts = ["none" if each is None else _index_text(each) for each in (old, new)]
    is_local = any(each is not None and each.kind == "local" for each in (old, new))
    rule = LOCAL_CHANGED if is_local else INDEX_REPLACED
    if not is_local and (old is None or new is None):
        rule = INDEX_ADDED if old is None else INDEX_REMOVED
    yield Difference(rule, f"{table}.{one.name}", " → ".join(texts))


def _index_key(index: ir.Index) -> tuple[object, ...]:
    return index.partition, index.sort


def _shape(index: ir.Index) -> tuple[object, ...]:
    projection = index.projection
    return index.kind, *_index_key(index), projection.kind, {*projection.names}, index.vector


def _index_text(index: ir.Index) -> str:
    keys = " / ".join(f"{each.name} ({each.type})" for each in index.attributes)
    projection = index.projection
    held = ", ".join(sorted(projection.names)) or projection.kind
    return keys if index.name == ir.PRIMARY else f"{keys}, {held}"


def _entities(old: ir.Design, new: ir.Design) -> Iterator[Difference]:
    before, after = _named(old.entities), _named(new.entities)
    yield from _came_and_went(before, after, ENTITY_ADDED, ENTITY_REMOVED, "")
    for name, is_ in after.items():
        if name in before:
            yield from _fields(before[name], is_)
            delimiters = old.table(before[name].table).delimiter, new.table(is_.table).delimiter
            yield from _keys(before[name], is_, delimiters)
            yield from _uniques(before[name], is_)


def _fields(old: ir.Entity, new: ir.Entity) -> Iterator[Difference]:
    before, after = _named(old.fields), _named(new.fields)
    for name, field in after.items():
        subject, was = f"{new.name}.{name}", before.get(name)
        if was is None:
            rule = FIELD_ADDED if field.optional else FIELD_REQUIRED
            yield Difference(rule, subject, f"new, {field.type}")
        else:
            yield from _field(subject, was, field)
    gone = (name for name in before if name not in after)
    yield from (Difference(FIELD_REMOVED, f"{new.name}.{name}", "gone") for name in gone)


def _field(subject: str, was: ir.Field, field: ir.Field) -> Iterator[Difference]:
    if was.stored != field.stored:
        yield Difference(FIELD_RENAMED, subject, f"{was.stored} → {field.stored}")
    if was.attribute_types != field.attribute_types:
        types = [" or ".join(each.attribute_types) for each in (was, field)]
        yield Difference(FIELD_RETYPED, subject, " → ".join(types))
    if was.optional != field.optional:
        rule = FIELD_OPTIONAL if field.optional else FIELD_REQUIRED
        yield Difference(rule, subject, "optional" if field.optional else "required")
    elif was.default != field.default:
        yield Difference(DEFAULT_CHANGED, subject, f"{was.default} → {field.default}")
    if ("in_key" in was.roles) != ("in_key" in field.roles):
        places = ["key text alone" if "in_key" in each.roles else "stored" for each in (was, field)]
        rule = FIELD_IN_KEY if "in_key" in field.roles else FIELD_STORED
        yield Difference(rule, subject, " → ".join(places))
    if {*was.roles} - {"in_key"} != {*field.roles} - {"in_key"}:
        roles = [", ".join(each.roles) or "none" for each in (was, field)]
        yield Difference(ROLES_CHANGED, subject, " → ".join(roles))


def _keys(old: ir.Entity, new: ir.Entity, delimiters: tuple[str, str]) -> Iterator[Difference]:
    before, after = _named(old.keys, "index"), _named(new.keys, "index")
    for index in [*after, *(each for each in before if each not in after)]:
        was, is_ = before.get(index), after.get(index)
        subject = (is_ or was or new.primary).label
        if was is None or is_ is None:
            rule = INDEX_KEY_ADDED if was is None else INDEX_KEY_REMOVED
            yield Difference(rule, subject, " → ".join(map(_key_text, (was, is_))))
        else:
            yield from _key(subject, was, is_)
            texts = _texts(old) & _texts(new)
            yield from _formats(subject, was, is_, delimiters, texts)


def _texts(entity: ir.Entity) -> set[str]:
    """The fields that are text, which no key has in another form."""
    return {each.name for each in entity.fields if each.attribute_types == ("S",)}


def _formats(
    subject: str, old: ir.Key, new: ir.Key, delimiters: tuple[str, str], texts: Collection[str]
) -> Iterator[Difference]:
    """The fields of a key that may have other texts there, where its template is the same."""
    if not _has_same_literals(old, new):
        return
    parts = zip(_parts(old), _parts(new), strict=True)
    for name, was, is_ in dict.fromkeys((b.field, a.format, b.format) for a, b in parts):
        if was == is_ or name not in new.fields:
            continue
        change = compare_formats(was, is_, delimiters, is_text=name in texts)
        if change is not None:
            rule = WIDER_FORMAT if change.is_wider else FORMAT_CHANGED
            yield Difference(rule, f"{subject}: {name}", change.said)


def _has_same_literals(old: ir.Key, new: ir.Key) -> bool:
    return [*map(_literals, old.templates)] == [*map(_literals, new.templates)]


def _key(subject: str, old: ir.Key, new: ir.Key) -> Iterator[Difference]:
    if not _has_same_literals(old, new):
        rule = KEY_CHANGED if new.index == ir.PRIMARY else INDEX_KEY_CHANGED
        yield Difference(rule, subject, f"{_key_text(old)} → {_key_text(new)}")
    if old.shards != new.shards:
        counts = [str(each.shards.count) if each.shards else "none" for each in (old, new)]
        yield Difference(SHARDS_CHANGED, subject, " → ".join(counts))
    if {*old.sparse} != {*new.sparse} or old.when != new.when:
        conditions = [
            ", ".join([*each.sparse, *([each.when.text] if each.when else [])]) or "all items"
            for each in (old, new)
        ]
        yield Difference(MEMBERSHIP_CHANGED, subject, " → ".join(conditions))


def _parts(key: ir.Key) -> list[ir.Part]:
    return [*chain.from_iterable(each.parts for each in key.templates)]


def _literals(template: ir.Template) -> tuple[object, ...]:
    """The attribute, and the template without formats."""
    parts = ((each.field, each.after) for each in template.parts)
    return template.attribute, template.literal, *parts


def _key_text(key: ir.Key | None) -> str:
    return "none" if key is None else " / ".join(each.source for each in key.templates)


def _uniques(old: ir.Entity, new: ir.Entity) -> Iterator[Difference]:
    before, after = _named(old.uniques, "label"), _named(new.uniques, "label")
    yield from _came_and_went(before, after, UNIQUE_ADDED, UNIQUE_REMOVED, "")
    for label, is_ in after.items():
        was = before.get(label)
        if was is not None and _literals(was.template) != _literals(is_.template):
            said = f"{was.template.source} → {is_.template.source}"
            yield Difference(UNIQUE_CHANGED, label, said)


def _patterns(old: ir.Design, new: ir.Design) -> Iterator[Difference]:
    before, after = _named(old.patterns), _named(new.patterns)
    yield from _came_and_went(before, after, PATTERN_ADDED, PATTERN_REMOVED, "")
    for name, is_ in after.items():
        was = before.get(name)
        if was is not None and was.operation != is_.operation:
            said = " → ".join(_pattern_text(each) for each in (was, is_))
            yield Difference(PATTERN_CHANGED, name, said)


def _pattern_text(pattern: ir.Pattern) -> str:
    operation = pattern.operation
    conditions = [
        f"{each.attribute} {each.operator} {' and '.join(map(_operand_text, each.operands))}"
        for read in operation.reads
        for each in read.conditions
    ]
    filters = [f"filter {each.filter.text}" for each in operation.reads if each.filter]
    return " ".join([operation.kind, f"on {operation.index}:", ", ".join([*conditions, *filters])])


def _operand_text(operand: ir.Operand) -> str:
    return "".join(
        each.text if each.kind == "text" else f"{{{each.text or each.kind}}}"
        for each in operand.segments
    )
