"""GetItem, PutItem, UpdateItem, DeleteItem."""

from __future__ import annotations

from singletable.testing.capacity import Meter, read_units
from singletable.testing.errors import build_validation
from singletable.testing.parameters import Parameters, optional_flag, optional_text
from singletable.testing.paths import Projection
from singletable.testing.scope import Scope
from singletable.testing.store import Store
from singletable.testing.tables import Record, Table, Write
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
    """`{"Item": …}`, or nothing if there is none."""
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
