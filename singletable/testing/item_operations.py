"""GetItem, PutItem, UpdateItem, DeleteItem; and BatchGetItem and BatchWriteItem.

A batch is each item by itself; none is left unprocessed but for size.
"""

from __future__ import annotations

from singletable.testing.capacity import Meter, read_units
from singletable.testing.errors import build_validation
from singletable.testing.parameters import (
    Parameters,
    as_sequence,
    optional_flag,
    optional_text,
    require_mapping,
    require_sequence,
)
from singletable.testing.paths import Projection
from singletable.testing.schemas import Key
from singletable.testing.scope import Scope
from singletable.testing.tables import Record, Store, Table, Write
from singletable.testing.values import encode_item
from singletable.testing.writes import WriteRequest, find_key, read_write

Response = dict[str, object]


def get_item(store: Store, parameters: Parameters) -> Response:
    table = store.table(parameters)
    scope = Scope(parameters)
    projection = scope.projection()
    scope.close()
    record = table.find(find_key(table, parameters))
    meter = Meter(parameters)
    consistent = optional_flag(parameters, "ConsistentRead")
    count_read(meter, table, record, consistent=consistent)
    return show_item(record, projection) | meter.one()


def show_item(record: Record | None, projection: Projection | None) -> Response:
    """Makes `{"Item": …}`, or nothing if there is none."""
    if record is None:
        return {}
    item = record.item if projection is None else projection.cut(record.item)
    return {"Item": encode_item(item)}


def count_read(meter: Meter, table: Table, record: Record | None, *, consistent: bool) -> None:
    units = read_units(record.size if record else 0, consistent=consistent)
    meter.count(table.schema.name, table.schema.primary, units)


def put_item(store: Store, parameters: Parameters) -> Response:
    return _write(store, "Put", parameters, "ALL_OLD")


def delete_item(store: Store, parameters: Parameters) -> Response:
    return _write(store, "Delete", parameters, "ALL_OLD")


def update_item(store: Store, parameters: Parameters) -> Response:
    returned = ("ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")
    return _write(store, "Update", parameters, *returned)


def _write(store: Store, kind: str, parameters: Parameters, *allowed: str) -> Response:
    request = read_write(store, kind, parameters)
    wanted = optional_text(parameters, "ReturnValues") or "NONE"
    if wanted not in {"NONE", *allowed}:
        raise build_validation("Return values set to invalid value")
    meter = Meter(parameters)
    write = request.prepare()
    request.table.carry_out(write)
    meter.count_write(write)
    return _return_value(wanted, request, write) | meter.one()


def _return_value(wanted: str, request: WriteRequest, write: Write) -> Response:
    """The old or the new item, or of an update what is at its paths."""
    record = write.old if wanted.endswith("OLD") else write.new
    if wanted == "NONE" or record is None:
        return {}
    item = record.item
    if wanted.startswith("UPDATED"):
        update = request.update
        if update is None:
            return {}
        paths = update.paths if wanted == "UPDATED_OLD" else update.target_paths
        item = Projection(paths).cut(item) if write.old or wanted == "UPDATED_NEW" else {}
    return {"Attributes": encode_item(item)} if item else {}


_GETS, _WRITES = 100, 25
_BYTES = 16 * 1024 * 1024


def batch_get_item(store: Store, parameters: Parameters) -> Response:
    tables = _tables(parameters)
    keys = {name: require_sequence(each, "Keys") for name, each in tables.items()}
    _check_number("BatchGetItem", sum(map(len, keys.values())), _GETS)
    meter = Meter(parameters)
    size = 0
    responses: dict[str, object] = {}
    unprocessed: dict[str, object] = {}
    for name, each in tables.items():
        left: list[Parameters] = []
        responses[name], size = _get_from(store, name, each, meter, size, left)
        if left:
            unprocessed[name] = {**each, "Keys": left}
    return {"Responses": responses, "UnprocessedKeys": unprocessed} | meter.many()


def _get_from(
    store: Store, name: str, request: Parameters, meter: Meter, size: int, left: list[Parameters]
) -> tuple[list[object], int]:
    """The items of one table, and the size of all so far; keys beyond 16 MB go into `left`."""
    table = store.table({"TableName": name})
    scope = Scope(request)
    projection = scope.projection()
    scope.close()
    consistent = optional_flag(request, "ConsistentRead")
    given = require_sequence(request, "Keys")
    keys = [find_key(table, {"Key": key}) for key in given]
    _check_distinct(keys)
    items: list[object] = []
    for key, wire in zip(keys, given, strict=True):
        record = table.find(key)
        size += record.size if record else 0
        if size > _BYTES:
            left.append(wire)
            continue
        count_read(meter, table, record, consistent=consistent)
        if record:
            items.append(encode_item(projection.cut(record.item) if projection else record.item))
    return items, size


def batch_write_item(store: Store, parameters: Parameters) -> Response:
    tables = {name: as_sequence(name, each) for name, each in _entries(parameters).items()}
    _check_number("BatchWriteItem", sum(map(len, tables.values())), _WRITES)
    meter = Meter(parameters)
    writes: list[Write] = []
    for name, requests in tables.items():
        of_table = [_prepare(store, name, request) for request in requests]
        _check_distinct([write.key for write in of_table])
        writes += of_table
    if sum(write.new.size for write in writes if write.new) > _BYTES:
        raise build_validation("The batch has more than 16 MB")
    for write in writes:
        write.table.carry_out(write)
        meter.count_write(write)
    response: Response = {"UnprocessedItems": dict[str, object]()}
    return response | meter.many()


def _prepare(store: Store, name: str, request: Parameters) -> Write:
    if len(request) != 1 or not request.keys() <= {"PutRequest", "DeleteRequest"}:
        raise build_validation(
            "Supplied WriteRequest must contain exactly one of PutRequest and DeleteRequest"
        )
    [label] = request
    parameters = {**require_mapping(request, label), "TableName": name}
    return read_write(store, label.removesuffix("Request"), parameters).prepare()


def _entries(parameters: Parameters) -> Parameters:
    entries = require_mapping(parameters, "RequestItems")
    if not entries:
        raise build_validation("The batch request list cannot be empty")
    return entries


def _tables(parameters: Parameters) -> dict[str, Parameters]:
    entries = _entries(parameters)
    return {name: require_mapping(entries, name) for name in entries}


def _check_number(operation: str, number: int, most: int) -> None:
    if number > most:
        raise build_validation(f"Too many items requested for the {operation} call")
    if number == 0:
        raise build_validation("The batch request list cannot be empty")


def _check_distinct(keys: list[Key]) -> None:
    if len(set(keys)) != len(keys):
        raise build_validation("Provided list of item keys contains duplicates")
