"""Draws a design from a seed. What is drawn need not be accepted: import refuses some of it."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.singletable.properties.generated.designs import (
    GLOBALS,
    LOCALS,
    NAMES,
    PRIMARIES,
    Design,
    EntityPlan,
    FieldPlan,
    IndexPlan,
    KeyPlan,
    When,
)
from tests.singletable.properties.generated.kinds import (
    CREATED,
    CUT_INSTANT,
    FLAG,
    KEY_KINDS,
    NATURAL,
    NUMBER_KINDS,
    OTHER_KINDS,
    TEXT_KINDS,
    TTL,
    UPDATED,
    VERSION,
    Kind,
)

DEFAULTS = {
    "int": "0",
    "list[str]": "Field(default_factory=list)",
    "set[str]": "Field(default_factory=set)",
    "dict[str, int]": "Field(default_factory=dict)",
}
MARKS = (("version", VERSION, "1"), ("gone_at", TTL, "None"))
STAMPS = (("created_at", CREATED, "None"), ("updated_at", UPDATED, "None"))


class Drawing:
    """One design. Fields of a name have one kind in all entities, and partition keys are often
    made alike, so that entities meet."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311
        self.kinds: dict[str, Kind] = {}
        self.partitions: dict[str, tuple[str, ...]] = {}

    def design(self) -> Design:
        primary = self.random.choices(PRIMARIES, [6, 1, 2, 1])[0]
        options: dict[str, Any] = {}
        if self._chance(0.3):
            options["delimiter"] = self.random.choice(["|", "/", "~"])
        if self._chance(0.15):
            options["instants"] = "seconds"
        manner = self.random.choices(["tagged", "bare", "by key"], [6, 2, 1])[0]
        options |= {"bare": {"type_attribute": None}, "by key": {"untagged": "by key"}}.get(
            manner, {}
        )
        indexes = self._some(GLOBALS, 0, 3)
        indexes += self._some(LOCALS, 0, 1) if primary.sort else []
        design = Design(primary, tuple(indexes), options)
        self.cuts_instants = "instants" in options
        self.delimiter, self.is_typed = design.delimiter, manner != "bare"
        self.root = self.random.choice(["ORG", "DO"])
        for name in self._some(list(NAMES), 2, 4):
            design.entities.append(_DrawnEntity(self, name).plan(design))
        return design

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _some(self, every: list[Any], least: int, most: int) -> list[Any]:
        return self.random.sample(every, self.random.randint(least, min(most, len(every))))


class _DrawnEntity:
    """One entity of a design, while it is drawn."""

    def __init__(self, drawing: Drawing, name: str) -> None:
        self.drawing, self.random, self.name = drawing, drawing.random, name
        self.fields: dict[str, FieldPlan] = {}
        self.is_primary = True
        self.shared: dict[str, str] = {}
        """The templates of attributes, by which another index may sort, too."""

    def plan(self, design: Design) -> EntityPlan:
        keys = [self._key(design.primary, "key")]
        self.is_primary = False
        for index in design.indexes:
            if self._chance(0.75):
                keys.append(self._key(index, f"by_{index.name.lower()}", keys[0]))
        while len(self.fields) < 2 or self._chance(0.3):
            self._add_other()
        keys = [keys[0], *map(self._conditional, keys[1:])]
        uniques = self._uniques(keys[0])
        for name, kind, default in (*MARKS, *STAMPS):
            if self._chance(0.2):
                self.fields[name] = FieldPlan(name, kind, default=default)
        seen = self.random.sample(list(self.fields), self.random.randint(1, len(self.fields)))
        return EntityPlan(self.name, self.fields, tuple(keys), uniques, tuple(seen))

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    # keys

    def _key(self, index: IndexPlan, name: str, primary: KeyPlan | None = None) -> KeyPlan:
        if index.kind == "local" and primary is not None:
            partition = primary.partition
        else:
            partition = self._partition(index)
        sort = tuple(self._template(index, each, self._sort_forms()) for each in index.sort)
        if "{shard}" not in "".join(partition):
            return KeyPlan(name, index, partition, sort)
        texts = [each for each, declared in self.fields.items() if declared.kind.text]
        by = self.random.choice(texts) if texts and self._chance(0.5) else None
        return KeyPlan(name, index, partition, sort, 3, by)

    def _partition(self, index: IndexPlan) -> tuple[str, ...]:
        known = self.drawing.partitions.get(index.name)
        if known is None or "entity" in index.partition or self._chance(0.3):
            forms = self._partition_forms(index)
            known = tuple(self._template(index, each, forms) for each in index.partition)
        else:
            known = tuple(self._filled(each) for each in known)
        self.drawing.partitions[index.name] = known
        return known

    def _partition_forms(self, index: IndexPlan) -> list[str]:
        literal = self.random.choice([self.drawing.root, self.name.upper()])
        forms = ["L#{}", "L#{}", "L", "{}", "L#{}#{}"]
        if index.kind == "global" and len(index.partition) == 1 and self._chance(0.2):
            forms = ["L#{}#{shard}", "L#{shard}"]
        return [self._delimited(form, literal) for form in forms]

    def _sort_forms(self) -> list[str]:
        forms = ["L", "L#{}", "L#{}", "L#{}#{}", "{}#L", "{}#{}", "{}", "L#{}#END"]
        return [self._delimited(form, self.name.upper()) for form in forms]

    def _delimited(self, form: str, literal: str) -> str:
        return form.replace("#", self.drawing.delimiter).replace("L", literal, 1)

    def _template(self, index: IndexPlan, attribute: str, forms: list[str]) -> str:
        if attribute in index.numbers:
            return f"{{{self._number_field(attribute)}}}"
        if attribute == "entity" and self.drawing.is_typed:
            return self.name
        if attribute in NATURAL and self._chance(0.8):
            self._ensure(attribute, NATURAL[attribute])
            return f"{{{attribute}}}"
        if attribute in self.shared:
            return self.shared[attribute]
        template = self.random.choice(forms)
        while "{}" in template:
            name = self._text_field(template)
            template = template.replace("{}", f"{{{name}}}", 1)
        self.shared[attribute] = template
        return template

    def _filled(self, template: str) -> str:
        """The template, with its fields declared."""
        for part in template.split("{")[1:]:
            name = part.split("}")[0]
            if name != "shard":
                self._ensure(name, NATURAL.get(name) or self.drawing.kinds[name])
        return template

    # fields

    def _text_field(self, template: str) -> str:
        """A field for a place in a template, which names none twice."""
        known = [name for name, each in self.fields.items() if each.kind.text and not each.default]
        known = [name for name in known if f"{{{name}}}" not in template]
        if known and self._chance(0.35):
            return self.random.choice(known)
        return self._new_field(KEY_KINDS)

    def _number_field(self, attribute: str) -> str:
        if attribute in NATURAL:
            self._ensure(attribute, NATURAL[attribute])
            return attribute
        known = [name for name, each in self.fields.items() if each.kind in NUMBER_KINDS]
        if known and self._chance(0.5):
            return self.random.choice(known)
        return self._new_field(NUMBER_KINDS)

    def _new_field(self, kinds: list[Kind]) -> str:
        name = f"f{len(self.fields)}"
        while name in self.fields:
            name += "x"
        kind = self.drawing.kinds.get(name)
        if kind is None or kind not in kinds or self._chance(0.2):
            kind = self.random.choice([each for each in kinds if self._fits(each)])
            self.drawing.kinds[name] = kind
        self._ensure(name, kind)
        return name

    def _fits(self, kind: Kind) -> bool:
        """Whether enough of its values have a text without the delimiter."""
        return kind.text is None or len(usable(kind, self.drawing.delimiter)) > 1

    def _ensure(self, name: str, kind: Kind) -> None:
        if name not in self.fields:
            is_optional = not self.is_primary and self._chance(0.4)
            is_plain = name not in NATURAL
            self.fields[name] = FieldPlan(
                name,
                self._as_stored(kind),
                is_optional,
                is_in_key=self.is_primary and is_plain and self._chance(0.1),
                stored=f"x_{name}" if is_plain and self._chance(0.1) else "",
            )

    def _add_other(self) -> None:
        name, kind = f"g{len(self.fields)}", self.random.choice(OTHER_KINDS)
        if not self._fits(kind):
            return
        default = DEFAULTS.get(kind.annotation)
        is_optional = default is None and self._chance(0.5)
        self.fields[name] = FieldPlan(name, self._as_stored(kind), is_optional, default)

    def _as_stored(self, kind: Kind) -> Kind:
        is_cut = self.drawing.cuts_instants and kind.annotation == "datetime"
        return CUT_INSTANT if is_cut else kind

    # what else is declared

    def _conditional(self, key: KeyPlan) -> KeyPlan:
        if not self._chance(0.2):
            return key
        return KeyPlan(
            key.name, key.index, key.partition, key.sort, key.shards, key.by, self._when()
        )

    def _when(self) -> When | None:
        optional = [name for name, each in self.fields.items() if each.is_optional]
        if optional and self._chance(0.4):
            return When(self.random.choice(optional), ())
        plain = [
            name
            for name, each in self.fields.items()
            if (each.kind is FLAG or each.kind.is_plain) and not each.is_in_key
        ]
        if not plain:
            return None
        name = self.random.choice(plain)
        kind = self.fields[name].kind
        values = self.random.sample(kind.values, self.random.randint(1, len(kind.values) - 1))
        return When(name, tuple(map(kind.kept, values)))

    def _uniques(self, primary: KeyPlan) -> tuple[tuple[str, str | None], ...]:
        taken = {*primary.partition_fields, *primary.sort_fields}
        free = [name for name in self.fields if self.fields[name].kind in TEXT_KINDS]
        free = [name for name in free if name not in taken]
        if not free or not self._chance(0.35):
            return ()
        name = self.random.choice(free)
        others = [each for each, plan in self.fields.items() if each != name and plan.kind.text]
        within = self.random.choice(others) if others and self._chance(0.4) else None
        return ((name, within),)


def usable(kind: Kind, delimiter: str) -> list[Any]:
    """The values of a kind that may stand in keys of this delimiter."""
    if kind.text is None:
        return list(kind.values)
    return [value for value in kind.values if delimiter not in kind.text(kind.kept(value))]
