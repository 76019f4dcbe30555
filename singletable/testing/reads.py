"""Query and Scan: a page of an index, cut by a limit or by size, filtered and projected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from singletable.testing.capacity import Meter, read_units
from singletable.testing.conditions import Condition
from singletable.testing.errors import build_validation
from singletable.testing.indexes import (
    SortCondition,
    SortedIndex,
    StartingKey,
    read_starting_key,
    segment_of,
)
from singletable.testing.key_conditions import read_key_condition
from singletable.testing.parameters import (
    Parameters,
    optional_choice,
    optional_flag,
    optional_mapping,
    optional_number,
    optional_text,
)
from singletable.testing.paths import Projection
from singletable.testing.schemas import Key
from singletable.testing.scope import Scope
from singletable.testing.tables import Record, Store, Table
from singletable.testing.values import Item, WireItem, encode_item

_PAGE_BYTES = 1024 * 1024
_PROJECTION, _FILTER = "ProjectionExpression", "FilterExpression"


@dataclass(frozen=True, slots=True)
class _Read:
    """The parameters that Query and Scan have in common."""

    table: Table
    index: SortedIndex
    scope: Scope
    filter: Condition | None
    projection: Projection | None
    limit: int | None
    consistent: bool
    counts: bool
    fetches: bool
    after: StartingKey | None
    meter: Meter

    def view(self, record: Record) -> Item:
        """The item as this read sees it: whole, or what the index holds of it."""
        return record.item if self.fetches else self.index.schema.cut(record.item)

    def size(self, record: Record) -> int:
        whole = self.index.schema.projected is None
        return record.size if whole else self.index.schema.size(record.item)


def query(store: Store, parameters: Parameters) -> dict[str, object]:
    read = _read_parameters(store, parameters, "Query")
    scope, schema = read.scope, read.index.schema
    condition = scope.condition("KeyConditionExpression")
    if condition is None:
        raise build_validation(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified "
            "in the request."
        )
    scope.close()
    partition, sort = read_key_condition(condition, read.table.schema, schema, scope.values)
    _check_filter_has_no_keys(read)
    forward = optional_flag(parameters, "ScanIndexForward", default=True)
    after = read.after
    if after is not None:
        _check_within(after, partition, sort)
    keys = read.index.query(partition, sort, after.entry if after else None, forward=forward)
    return _page(read, keys)


def scan(store: Store, parameters: Parameters) -> dict[str, object]:
    read = _read_parameters(store, parameters, "Scan")
    read.scope.close()
    segment, segments = _segment(parameters)
    after = read.after
    if after is not None and segment_of(after.partition, segments) != segment:
        raise build_validation(
            "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
            f"ExclusiveStartKey with correct Segment. TotalSegments: {segments} Segment: {segment}"
        )
    place = (after.partition, after.entry) if after else None
    return _page(read, read.index.scan(segment, segments, place))


def _read_parameters(store: Store, parameters: Parameters, operation: str) -> _Read:
    table = store.table(parameters)
    schema = table.schema.index(optional_text(parameters, "IndexName"), operation)
    scope = Scope(parameters)
    filter_ = scope.condition(_FILTER)
    projection = scope.projection(_PROJECTION)
    select = _select(parameters, indexed=schema.kind != "primary")
    consistent = optional_flag(parameters, "ConsistentRead")
    if consistent and schema.kind == "global":
        raise build_validation("Consistent reads are not supported on global secondary indexes")
    read = _Read(
        table=table,
        index=table.indexes[schema.name],
        scope=scope,
        filter=filter_,
        projection=projection,
        limit=optional_number(parameters, "Limit", least=1),
        consistent=consistent,
        counts=select == "COUNT",
        fetches=not schema.covers(projection.names if projection else set())
        or (select == "ALL_ATTRIBUTES" and schema.projected is not None),
        after=read_starting_key(
            table.schema, schema, optional_mapping(parameters, "ExclusiveStartKey")
        ),
        meter=Meter(parameters),
    )
    _check_projection(read, select)
    return read


def _select(parameters: Parameters, *, indexed: bool) -> str:
    """The selection to return; refuses a choice that contradicts the other parameters."""
    projected = "ProjectionExpression" in parameters
    given = "Select" in parameters
    choice = optional_choice(
        parameters,
        "Select",
        "ALL_ATTRIBUTES",
        "ALL_PROJECTED_ATTRIBUTES",
        "SPECIFIC_ATTRIBUTES",
        "COUNT",
    )
    if not given:
        return "SPECIFIC_ATTRIBUTES" if projected else "ALL_PROJECTED_ATTRIBUTES"
    if projected and choice != "SPECIFIC_ATTRIBUTES":
        what = "only the Count" if choice == "COUNT" else choice
        raise build_validation(
            f"Cannot specify the ProjectionExpression when choosing to get {what}"
        )
    if choice == "SPECIFIC_ATTRIBUTES" and not projected:
        raise build_validation(
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
            "SPECIFIC_ATTRIBUTES"
        )
    if choice == "ALL_PROJECTED_ATTRIBUTES" and not indexed:
        raise build_validation(
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"
        )
    return choice


def _check_projection(read: _Read, select: str) -> None:
    """Refuses what an index does not hold; only a local one can fetch it from the table."""
    schema = read.index.schema
    filtered = set(read.scope.attributes.get(_FILTER, ()))
    problem = ""
    if schema.kind == "global" and read.fetches and select == "ALL_ATTRIBUTES":
        problem = (
            f"Select type ALL_ATTRIBUTES is not supported for global secondary index {schema.name} "
            "because its projection type is not ALL"
        )
    elif schema.kind == "global" and read.fetches and read.projection is not None:
        missing = sorted(read.projection.names - (schema.projected or set()))
        problem = f"Global secondary index {schema.name} does not project [{', '.join(missing)}]"
    elif not schema.covers(filtered):
        missing = sorted(filtered - (schema.projected or set()))
        problem = (
            f"Secondary index {schema.name} does not project one or more filter attributes: "
            f"[{', '.join(missing)}]"
        )
    if problem:
        raise build_validation(f"One or more parameter values were invalid: {problem}")


def _check_filter_has_no_keys(read: _Read) -> None:
    filtered = read.scope.attributes.get(_FILTER, frozenset())
    for name in read.index.schema.attributes:
        if name in filtered:
            raise build_validation(
                "Filter Expression can only contain non-primary key attributes: "
                f"Primary key attribute: {name}"
            )


def _check_within(after: StartingKey, partition: Key, sort: SortCondition) -> None:
    if after.partition != partition:
        raise build_validation(
            "The provided starting key is outside query boundaries based on provided conditions"
        )
    if not sort.holds(after.entry[0]):
        raise build_validation("The provided starting key does not match the range key predicate")


def _segment(parameters: Parameters) -> tuple[int, int]:
    segment = optional_number(parameters, "Segment", least=0)
    segments = optional_number(parameters, "TotalSegments", least=1)
    if segment is None and segments is None:
        return 0, 1
    if segments is None:
        raise _missing_parameter("TotalSegments", "Segment parameter")
    if segment is None:
        raise _missing_parameter("Segment", "parameter TotalSegments")
    if segment >= segments:
        raise build_validation(
            f"The Segment parameter is zero-based and must be less than parameter TotalSegments: "
            f"Segment: {segment} is not less than TotalSegments: {segments}"
        )
    return segment, segments


def _missing_parameter(missing: str, present: str) -> Exception:
    return build_validation(
        f"The {missing} parameter is required but was not present in the request when {present} "
        "is present"
    )


def _page(read: _Read, keys: Iterator[Key]) -> dict[str, object]:
    """Reads a page, which ends at the limit even if nothing follows, at 1 MB if something does."""
    items: list[WireItem] = []
    count = scanned = size = 0
    fetched = 0.0
    last: Record | None = None
    more = False
    values = read.scope.values
    for key in keys:
        if size >= _PAGE_BYTES:
            more = True
            break
        last = read.table.records[key]
        scanned += 1
        size += read.size(last)
        if read.fetches:
            fetched += read_units(last.size, consistent=read.consistent)
        view = read.view(last)
        if read.filter is None or read.filter.holds(view, values):
            count += 1
            if not read.counts:
                items.append(encode_item(read.projection.cut(view) if read.projection else view))
        if scanned == read.limit:
            more = True
            break
    response: dict[str, object] = {} if read.counts else {"Items": items}
    response |= {"Count": count, "ScannedCount": scanned}
    if more and last is not None:
        response["LastEvaluatedKey"] = _last_key(read, last.item)
    return response | _capacity(read, size, fetched)


def _last_key(read: _Read, item: Item) -> WireItem:
    names = {*read.table.schema.primary.attributes, *read.index.schema.attributes}
    return encode_item({name: item[name] for name in item if name in names})


def _capacity(read: _Read, size: int, fetched: float) -> dict[str, object]:
    name = read.table.schema.name
    units = read_units(size, consistent=read.consistent)
    read.meter.count(name, read.index.schema, units)
    read.meter.count(name, read.table.schema.primary, fetched)
    return read.meter.one()
