"""Whether each pattern is served as it is said to be: by its key conditions alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, takewhile

from singletable.check.findings import Finding, Rule, Shows, Verdict, Witness
from singletable.check.identity import item_with, shared_key
from singletable.check.languages import (
    ByOpening,
    align,
    argument_formats,
    language_with,
    range_language,
    repeated_values,
)
from singletable.check.projections import lacking
from singletable.check.witnesses import (
    example_of,
    meets,
    query_request,
    shown,
    two_values,
    whole_item,
)
from singletable.design import ir
from singletable.languages.language import Language, shared_text

NO_OPERATION = Rule(
    "no-operation",
    "error",
    "No operation of DynamoDB answers the pattern",
    "It is for another service, or for the program.",
    "Say what reads it, such as an export or a stream, beside the design.",
)
NO_INDEX = Rule(
    "index-missing",
    "error",
    "The pattern asks an index that the table has not",
    "DynamoDB refuses the request.",
    "Declare the index, or ask one that there is.",
)
NO_KEY = Rule(
    "no-key-condition",
    "error",
    "The pattern does not say the partition key",
    "A query reads one partition, which the whole partition key names; a get needs the sort key"
    " too.",
    "Say the whole key, or keep the items in an index by what is known.",
)
REFUSED = Rule(
    "refused-condition",
    "error",
    "DynamoDB refuses the conditions",
    "A get asks the table alone; beginnings are of text; what stands behind a range is not asked"
    " for; and a range has its ends in their order.",
    "Ask for what the key of the index can say.",
)
NOT_IN_INDEX = Rule(
    "not-in-index",
    "error",
    "Items of the entity are not in the index that the pattern asks",
    "An item is in an index only where it has all attributes of its key: the pattern finds none.",
    "Give the entity a key on that index.",
)
MATCHES_NOTHING = Rule(
    "matches-nothing",
    "error",
    "The key conditions match no item of the entity",
    "What the pattern asks for and what the items' keys begin with are different texts.",
    "Make the condition and the key template begin alike.",
)
MATCHES_OTHERS = Rule(
    "matches-others",
    "warning",
    "The key conditions match items of other entities",
    "They are read, paid for and answered with those that are meant.",
    "Begin sort keys with a word for each entity and ask for that, or filter on the type.",
)
NEIGHBOURS = Rule(
    "prefix-matches-neighbours",
    "error",
    "The beginning that is asked for is that of other values too",
    "Sort keys that begin with C#1 are also those of C#10.",
    "End the condition with the text that follows the field in the key.",
)
WITHIN_FIELD = Rule(
    "prefix-within-field",
    "note",
    "The beginning that is asked for is that of longer values too",
    "What begins with 1 are also 10 and 11: right for a beginning, and wrong for a whole value.",
    "End the key with text behind the field, and ask for that; or ask for the whole key.",
)
NOT_PROJECTED = Rule(
    "not-projected",
    "error",
    "The index does not hold what the pattern asks for",
    "An index answers with what is projected into it, and without a word on what is not.",
    "Project the attribute, or read the items from the table by the keys that the index has.",
)
UNORDERED = Rule(
    "order-not-kept",
    "error",
    "The key does not keep the order that the pattern promises",
    "Items come in the order of their sort keys, whose first varying field is another one.",
    "Put the field first in the sort key of an index, behind what the pattern says.",
)
ORDER_UNSAID = Rule(
    "order-unsaid",
    "note",
    "Items come in an order that means nothing",
    "They come in the order of their sort keys, which begin with what identifies them: of random"
    " identifiers that is no order that anyone asks for.",
    "Begin the sort key with what the items are to be ordered by, or use identifiers that grow with"
    " time, such as ULIDs.",
)
OVERWRITTEN = Rule(
    "returns-overwritten",
    "error",
    "The pattern is about items of which some replace others",
    "Of items that have one primary key only the one that was written last is left.",
    "Tell their keys apart first.",
)
FORGED_PARTITION = Rule(
    "reads-others-by-delimiter",
    "note",
    "A value with the delimiter makes a query read other entities",
    "CUSTOMER#{customer} with 7#ORDERS is the partition key CUSTOMER#7#ORDERS: whoever chooses the"
    " value chooses what is read.",
    "Say in the field's format which texts it has, and refuse others before they are asked for.",
)
READS_OTHERS = Rule(
    "reads-others",
    "note",
    "Items of other entities are read, and left out when they come",
    "What only the key tells is left out after it was received and paid for.",
    "Begin sort keys with a word for each entity, or keep the items in an index of their own.",
)
SCAN = Rule(
    "scan",
    "note",
    "The pattern reads a whole index",
    "It costs as much as all items of the index, however few are meant.",
    "Keep what is asked in an index of its own, where this runs often.",
)
FILTERED = Rule(
    "filtered",
    "note",
    "The pattern reads items and leaves some out",
    "A filter takes items away after they were read and paid for; a page may be empty.",
    "Put the field into the key, or keep what meets the condition in a sparse index.",
)

RULES = (
    NO_OPERATION,
    NO_INDEX,
    NO_KEY,
    REFUSED,
    NOT_IN_INDEX,
    MATCHES_NOTHING,
    MATCHES_OTHERS,
    READS_OTHERS,
    FORGED_PARTITION,
    NEIGHBOURS,
    WITHIN_FIELD,
    NOT_PROJECTED,
    UNORDERED,
    ORDER_UNSAID,
    OVERWRITTEN,
    SCAN,
    FILTERED,
)

NOTHING = Witness()
_WRITE: Sequence[Verdict] = ("write",)
_GRAVITY: Sequence[Verdict] = (
    "write",
    "served",
    "served-filter",
    "scan",
    "contradictory",
    "unserved",
)


def judge(design: ir.Design) -> tuple[dict[str, Verdict], list[Finding]]:
    """The verdict on each pattern, and what is found of it."""
    verdicts, findings = dict[str, Verdict](), list[Finding]()
    tables = {each.name: _Keys(design, each) for each in design.tables}
    for pattern in design.patterns:
        judged = [_Judge(tables[read.table], pattern, read) for read in pattern.operation.reads]
        kinds: list[Verdict] = [each.verdict() for each in judged]
        if not pattern.operation.kind:
            findings.append(
                Finding(NO_OPERATION, pattern.name, "no operation", place=pattern.place)
            )
            kinds.append("unserved")
        verdicts[pattern.name] = max(kinds or _WRITE, key=_GRAVITY.index)
        findings += [finding for each in judged for finding in each.found]
    findings += _forged_partitions(design)
    findings += _orders_unsaid(design)
    return verdicts, findings


def _forged_partitions(design: ir.Design) -> Iterator[Finding]:
    """One finding for all queries of a table that values with a delimiter lead to other entities;
    of files alone, as the engine refuses such values."""
    for table in design.tables:
        if any(each.module for each in design.entities_of(table)):
            continue
        known, free = _Keys(design, table), _Keys(design, replace(table, delimiter=""))
        found = list[tuple[ir.Pattern, ir.Read, str, ir.JsonObject]]()
        for pattern in design.patterns:
            for read in pattern.operation.reads:
                if read.table != table.name or read.is_scan or pattern.operation.gets_items:
                    continue
                meant = _Judge(known, pattern, read).others()
                more = _Judge(free, pattern, read).others()
                found += [(pattern, read, *each) for each in more.items() if each[0] not in meant]
        if found:
            pattern, read, name, item = found[0]
            asked = ", ".join(
                f"{each.attribute} {each.operator} {' and '.join(map(_source, each.operands))}"
                for each in read.conditions
            )
            names = [each.name for each, *_ in found if each is not pattern]
            more_of = f"; and so do {', '.join(dict.fromkeys(names))}" if names else ""
            others = " and ".join(each for one, _, each, _ in found if one is pattern)
            declared = f"{asked} finds {others}, if a value has {table.delimiter}{more_of}"
            witness = shown(table, read, "finds", [(name, item)])
            yield Finding(FORGED_PARTITION, pattern.name, declared, witness)


def _orders_unsaid(design: ir.Design) -> Iterator[Finding]:
    """One finding for all queries of a table that answer several items of one entity, ordered by
    its identity."""
    for table in design.tables:
        known, found = _Keys(design, table), list[str]()
        for pattern in design.patterns:
            for read in pattern.operation.reads:
                if read.table == table.name and not read.is_scan and not read.ordered_by:
                    name = _Judge(known, pattern, read).identifier_in_order()
                    found += [f"{pattern.name} by {name}"] if name else []
        if found:
            yield Finding(ORDER_UNSAID, table.name, ", ".join(dict.fromkeys(found)))


class _Keys:
    """The entities of a table, and their keys by index."""

    def __init__(self, design: ir.Design, table: ir.Table) -> None:
        self.table = table
        self.entities = {each.name: each for each in design.entities_of(table) if each.keys}
        self.on: dict[str, dict[str, ir.Key]] = {each.name: {} for each in table.indexes}
        for entity in self.entities.values():
            for key in entity.keys:
                self.on[key.index][entity.name] = key
        self.near = {
            index: ByOpening((key.partition[0].literal, name) for name, key in keys.items())
            for index, keys in self.on.items()
        }
        # The texts of each key's attributes; several where a field is repeated.
        self.made = {
            key.label: [
                [
                    (each.attribute, language_with(each, table, tuple(known.items())))
                    for each in key.templates
                ]
                for known in repeated_values(key)
            ]
            for keys in self.on.values()
            for key in keys.values()
        }


class _Judge:
    """Judges one read of a pattern."""

    def __init__(self, known: _Keys, pattern: ir.Pattern, read: ir.Read) -> None:
        self.pattern, self.read = pattern, read
        self.found = list[Finding]()
        self.table, self.entities, self.made = known.table, known.entities, known.made
        self.stated = {each.attribute: each for each in read.conditions}
        self.keys = known.on.get(read.index, {})
        self.near = known.near.get(read.index)
        names = pattern.operation.entities
        self.meant = [self.entities[name] for name in names if name in self.entities]
        asked = [self.keys[each.name] for each in self.meant if each.name in self.keys]
        self.asked = [key for key in asked if not read.keys or key.label in read.keys]
        self.formats = argument_formats(self.asked, read.conditions)
        self.languages = {
            each.attribute: range_language(each, self.table.delimiter, self.formats)
            for each in read.conditions
        }

    def verdict(self) -> Verdict:
        """The verdict; what is found meanwhile is in `found`."""
        index = next((each for each in self.table.indexes if each.name == self.read.index), None)
        if index is None:
            known = ", ".join(each.name for each in self.table.indexes)
            witness = self._shown("refused")
            return self._end(
                "unserved", NO_INDEX, f"{self.read.index}, where there are {known}", witness
            )
        if index.vector is not None:
            return "served"  # a search asks for filters, which are no keys
        if self.read.is_scan:
            return self._end("scan", SCAN, f"it scans {index.name}")
        problem = self._unkeyed(index)
        if problem:
            return self._end("unserved", NO_KEY, problem, self._shown("refused"))
        problem = self._refused(index)
        if problem:
            return self._end("unserved", REFUSED, problem, self._shown("refused"))
        return self._verdict_by_items(index)

    def _verdict_by_items(self, index: ir.Index) -> Verdict:
        """The verdict on whole key conditions, by the items that meet them."""
        steps: tuple[tuple[Verdict, Callable[[ir.Index], None]], ...] = (
            ("unserved", self._check_membership),
            ("contradictory", self._check_neighbours),
            ("contradictory", self._check_overwritten),
            ("unserved", self._check_order),
            ("unserved", self._check_projection),
        )
        for verdict, check in steps:
            check(index)
            if self.found:
                return verdict
        self._check_last_field()
        if self.read.filter is not None:
            return self._end("served-filter", FILTERED, f"it keeps {self.read.filter.text}")
        self._check_others()
        return "served"

    def _end(
        self, verdict: Verdict, rule: Rule, declared: str, witness: Witness = NOTHING
    ) -> Verdict:
        self._add(rule, declared, witness)
        return verdict

    def _add(self, rule: Rule, declared: str, witness: Witness = NOTHING) -> None:
        place = self.pattern.place
        self.found.append(Finding(rule, self.pattern.name, declared, witness, place))

    def _missed(self, entity: ir.Entity) -> Witness:
        """An item of the entity, and the request that does not find it."""
        item = whole_item(self.table, entity)
        if self.read.index != ir.PRIMARY and entity.name not in self.keys:
            index = self.table.index(self.read.index)
            own = {*index.attribute_names} - {*self.table.primary.attribute_names}
            item = {name: value for name, value in item.items() if name not in own}
        return self._shown("misses", [(entity.name, item)])

    def _shown(self, shows: Shows, items: Sequence[tuple[str, ir.JsonObject]] = ()) -> Witness:
        """What comes of the request, with an example for each argument."""
        return shown(
            self.table,
            self.read,
            shows,
            items,
            gets_item=self._is_get,
            arguments=self._examples(),
        )

    def _examples(self) -> dict[str, str]:
        """An example for each argument whose format is known."""
        delimiter = self.table.delimiter
        return {name: example_of(each, delimiter) for name, each in self.formats.items()}

    def _unkeyed(self, index: ir.Index) -> str:
        """What the conditions lack of a key; empty if nothing."""
        sides = index.attributes if self._is_get else index.partition
        for name in (each.name for each in sides):
            if name not in self.stated:
                return f"nothing is said of {name}"
            if self.stated[name].operator != "=":
                return f"{name} {self.stated[name].operator}, where it has to be ="
        other = [name for name in self.stated if name not in index.attribute_names]
        return f"{other[0]} is no key attribute of {index.name}" if other else ""

    def _refused(self, index: ir.Index) -> str:
        """What DynamoDB refuses of conditions that say the partition key; empty if nothing."""
        if self._is_get and index.name != ir.PRIMARY:
            return f"a get asks the table, and not {index.name}"
        is_open = False
        for attribute in index.sort:
            condition = self.stated.get(attribute.name)
            if condition is not None and is_open:
                return f"nothing may be said of {attribute.name} behind what is left open"
            is_open = is_open or condition is None or condition.operator != "="
            if condition is None:
                continue
            if condition.operator == "begins_with" and attribute.type == "N":
                return f"{attribute.name} is a number, of which there is no beginning"
            texts = [*map(_own_text, condition.operands)]
            low, high = texts[0], texts[-1]
            if low is not None and high is not None and low > high:
                return f"{attribute.name} is between {low} and {high}, which comes first"
        return ""

    @property
    def _is_get(self) -> bool:
        return self.pattern.operation.gets_items

    def _check_membership(self, index: ir.Index) -> None:
        for entity in self.meant:
            key = self.keys.get(entity.name)
            if key is None:
                declared = f"{entity.name} has no key on {index.name}"
                self._add(NOT_IN_INDEX, declared, self._missed(entity))
            elif self._texts(key) is None:
                sources = " / ".join(each.source for each in key.templates)
                declared = f"{entity.name} has the key {sources}"
                self._add(MATCHES_NOTHING, declared, self._missed(entity))

    def _texts(self, key: ir.Key) -> dict[str, str] | None:
        """Key texts of an item that meets all conditions; None if none does."""
        found = map(self._texts_of, self.made[key.label])
        return next((texts for texts in found if texts is not None), None)

    def _texts_of(self, made: Sequence[tuple[str, Language]]) -> dict[str, str] | None:
        texts = dict[str, str]()
        for name, language in made:
            asked = self.languages.get(name)
            if asked is not None and asked.opens_apart(language):
                return None
        for name, language in made:
            text = shared_text(self.languages.get(name, language), language)
            if text is None:
                return None
            texts[name] = text
        return texts

    def _check_others(self) -> None:
        """Finds items of entities that nobody meant."""
        rule = READS_OTHERS if self.read.keys else MATCHES_OTHERS
        others = self.others()
        if others:
            first = next(iter(others.items()))
            self._add(rule, f"{', '.join(others)} too", self._shown("finds", [first]))

    def others(self) -> dict[str, ir.JsonObject]:
        """An item that meets the conditions, of each entity that nobody meant."""
        found = dict[str, ir.JsonObject]()
        if not self.meant or self._is_get or self.near is None:
            return found
        first = self.asked[0].partition[0].attribute if self.asked else ""
        asked = self.languages.get(first)
        for name in self.near.near(asked.opening if asked else ""):
            if name not in self.pattern.operation.entities and (
                texts := self._texts(self.keys[name])
            ):
                found[name] = item_with(self.table, self.entities[name], texts)
        return found

    def _check_neighbours(self, _index: ir.Index) -> None:
        """Finds beginnings that end within a field of varying width, before the key goes on."""
        for condition, template, part in self._ends_within():
            if part.after or part is not template.parts[-1]:
                said = f"{condition.attribute} begins with … {{{_last(condition)}}}"
                declared = f"{said}, and the key {template.source} goes on"
                self._add(NEIGHBOURS, declared, self._neighbour(condition, template, part))
                return

    def _check_last_field(self) -> None:
        """Finds beginnings that end within the last field; in Python they are said to be such."""
        ends = [] if self.read.keys else [*self._ends_within()]
        for condition, template, part in ends[:1]:
            said = f"{condition.attribute} begins with … {{{_last(condition)}}}"
            declared = f"{said}, and so do longer {part.field} of {template.source}"
            self._add(WITHIN_FIELD, declared, self._neighbour(condition, template, part))

    def _neighbour(
        self, condition: ir.KeyCondition, template: ir.Template, part: ir.Part
    ) -> Witness:
        """An item with a longer value, and the request for a shorter one, which finds it."""
        values = two_values(part.format, self.table.delimiter)
        meant = (each for each in self.meant if template in self.keys[each.name].templates)
        entity = next(meant, None)
        if values is None or entity is None:
            return NOTHING
        item = whole_item(self.table, entity, {part.field: values[1]})
        asked = self._examples() | {_last(condition): values[0]}
        request = query_request(self.table, self.read, arguments=asked)
        if request is None or not meets(item, request):
            return NOTHING
        return Witness(((entity.name, item),), request, "finds")

    def _ends_within(self) -> Iterator[tuple[ir.KeyCondition, ir.Template, ir.Part]]:
        """The conditions whose beginning ends with an argument, and the field that it is of."""
        for condition in self.read.conditions:
            operand = condition.operands[0]
            ends_open = operand.segments and operand.segments[-1].kind == "argument"
            if condition.operator != "begins_with" or not ends_open:
                continue
            for template in (each for key in self.asked for each in key.templates):
                covered, rest = align(template, operand)
                is_whole = not rest or len(covered) == len(template.parts)
                if template.attribute != condition.attribute or is_whole:
                    continue
                part = template.parts[len(covered)]
                is_closed = part.format.fixed_width or part.format.members
                if not is_closed and part.field not in self._said_by_partition():
                    yield condition, template, part

    def _said_by_partition(self) -> set[str]:
        """The fields that the partition key of the request has already."""
        return {
            part.field
            for key in self.asked
            for template in key.partition
            for part in template.parts
        }

    def _check_projection(self, index: ir.Index) -> None:
        """Finds attributes that are asked for, and that the index does not hold."""
        absent = lacking(self.table, index, self.read)
        if absent:
            wanted = {name: {"S": "1"} for name in absent}
            items = [(each.name, wanted | whole_item(self.table, each)) for each in self.meant[:1]]
            witness = self._shown("lacks", items)
            self._add(NOT_PROJECTED, f"{index.name} does not hold {', '.join(absent)}", witness)

    def _check_overwritten(self, _index: ir.Index) -> None:
        """Finds items that always have one key: their templates are the same."""
        for one, other in combinations(self.meant, 2):
            if [t.source for t in one.primary.templates] == [
                t.source for t in other.primary.templates
            ] and (items := shared_key(self.table, one, other)):
                declared = f"{one.name} and {other.name} have the same primary key"
                witness = Witness(((one.name, items[0]), (other.name, items[1])))
                self._add(OVERWRITTEN, declared, witness)

    def _check_order(self, index: ir.Index) -> None:
        """Finds an order that is promised, and is not that of the sort key."""
        for key in self.asked if self.read.ordered_by else ():
            said_already = self._said_by_partition()
            free = [
                name
                for template in key.sort
                for name in self._free_fields(template)
                if name not in said_already
            ]
            is_kept = free[: len(self.read.ordered_by)] == list(self.read.ordered_by)
            if not is_kept or self._is_unpadded(key, self.read.ordered_by):
                said = ", ".join(self.read.ordered_by)
                by = ", ".join(free) or "nothing"
                declared = f"by {said}, and what {index.name} keeps is by {by}"
                self._add(UNORDERED, declared, self._disorder(key, free))
                return

    def _is_unpadded(self, key: ir.Key, names: Sequence[str]) -> bool:
        """Whether one of the fields is a number whose texts do not sort as numbers do. In Python
        the order is what the key keeps, and nobody's promise."""
        if self.read.keys:
            return False
        entity = next(each for each in self.meant if key in each.keys)
        numbers = {each.name for each in entity.fields if each.attribute_types == ("N",)}
        return any(
            part.field in names and part.field in numbers and not part.format.ordered
            for template in key.sort
            if self.table.key_attributes[template.attribute].type == "S"
            for part in template.parts
        )

    def _disorder(self, key: ir.Key, free: Sequence[str]) -> Witness:
        """Two items that the key orders otherwise than is promised, in the order of the key."""
        promised = self.read.ordered_by[0]
        entity = next(each for each in self.meant if key in each.keys)
        kept = [each for each in free if each != promised][:1]
        if not kept:
            return NOTHING
        pairs = ({kept[0]: "1", promised: "2"}, {kept[0]: "2", promised: "1"})
        items = [whole_item(self.table, entity, values) for values in pairs]
        for item, values in zip(items, pairs, strict=True):
            item.setdefault(promised, {"S": values[promised]})
        keys = [[item[name] for name in self.table.primary.attribute_names] for item in items]
        if keys[0] == keys[1]:
            return NOTHING
        if self.read.descending:
            items.reverse()
        return self._shown("finds", [(entity.name, item) for item in items])

    def identifier_in_order(self) -> str:
        """The field by which the items of one entity are ordered, if it identifies them and has no
        order that is known; else empty."""
        if len(self.meant) != 1 or len(self.asked) != 1 or self._is_get:
            return ""
        [entity], [key] = self.meant, self.asked
        free = [name for template in key.sort for name in self._free_fields(template)]
        formats = {part.field: part.format for each in key.sort for part in each.parts}
        known = formats.get(free[0]) if free else None
        if known is None or known.ordered or known.chronological or known.members:
            return ""
        return free[0] if free[0] in (entity.identity or ()) else ""

    def _free_fields(self, template: ir.Template) -> list[str]:
        """The fields of a sort key that its condition leaves open."""
        condition = self.stated.get(template.attribute)
        if condition is None:
            return [part.field for part in template.parts]
        if condition.operator not in ("=", "begins_with", "BETWEEN"):
            return [part.field for part in template.parts]
        said = [align(template, each)[0] for each in condition.operands]
        count = len([*takewhile(_is_one, zip(*said, strict=False))])
        return [part.field for part in template.parts[count:]]


def _source(operand: ir.Operand) -> str:
    return "".join(
        each.text if each.kind == "text" else f"{{{each.text or each.kind}}}"
        for each in operand.segments
    )


def _own_text(operand: ir.Operand) -> str | None:
    """The text of an operand that has no argument."""
    if any(each.kind != "text" for each in operand.segments):
        return None
    return "".join(each.text for each in operand.segments)


def _last(condition: ir.KeyCondition) -> str:
    return condition.operands[0].segments[-1].text


def _is_one(texts: tuple[str, ...]) -> bool:
    return len(set(texts)) == 1
