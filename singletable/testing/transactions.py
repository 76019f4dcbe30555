"""TransactWriteItems and TransactGetItems: all checked first, then all carried out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

from singletable.testing.capacity import Meter
from singletable.testing.errors import (
    CONDITION_FAILED,
    VALIDATION,
    CancellationReason,
    TransportError,
    build_cancellation,
    build_parameter_error,
    build_validation,
)
from singletable.testing.item_operations import Response, count_read, show_item
from singletable.testing.parameters import (
    Parameters,
    check_names,
    optional_text,
    require_mapping,
    require_sequence,
)
from singletable.testing.schemas import Key
from singletable.testing.scope import Scope
from singletable.testing.tables import Store, Table, Write
from singletable.testing.writes import WriteRequest, find_key, read_write

_ACTIONS = 100
_BYTES = 4 * 1024 * 1024
_EVERY = frozenset(
    {
        "TableName",
        "ConditionExpression",
        "ExpressionAttributeNames",
        "ExpressionAttributeValues",
        "ReturnValuesOnConditionCheckFailure",
    }
)
_KNOWN = {
    "ConditionCheck": _EVERY | {"Key"},
    "Put": _EVERY | {"Item"},
    "Update": _EVERY | {"Key", "UpdateExpression"},
    "Delete": _EVERY | {"Key"},
}
_GET = frozenset({"TableName", "Key", "ProjectionExpression", "ExpressionAttributeNames"})
_PASSED = CancellationReason("None")


def transact_write_items(store: Store, parameters: Parameters) -> Response:
    actions = _actions(parameters, frozenset(_KNOWN))
    token = optional_text(parameters, "ClientRequestToken")
    fingerprint = _fingerprint(actions) if token else ""
    requests = [_read_action(store, action) for action in actions]
    _check_distinct(requests)
    if token and store.is_repeated(token, fingerprint):
        return _count_repetition(requests, Meter(parameters, transaction="Read"))
    meter = Meter(parameters, transaction="Write")
    writes = _prepare(requests)
    for write in writes:
        write.table.carry_out(write)
        meter.count_write(write)
    if token:
        store.remember(token, fingerprint)
    return meter.many()


def _count_repetition(requests: Sequence[WriteRequest], meter: Meter) -> Response:
    """Counts the reads of a transaction that has been carried out before."""
    for request in requests:
        count_read(meter, request.table, request.table.find(request.key), consistent=True)
    return meter.many()


def _prepare(requests: Sequence[WriteRequest]) -> list[Write]:
    """Prepares every action; if any is refused, raises the cancellation with all reasons."""
    writes: list[Write] = []
    reasons: list[CancellationReason] = []
    for request in requests:
        try:
            writes.append(request.prepare())
            reasons.append(_PASSED)
        except TransportError as fault:
            reasons.append(_reason(fault))
    if len(writes) < len(requests):
        raise build_cancellation(tuple(reasons))
    if sum(write.new.size for write in writes if write.new) > _BYTES:
        raise build_validation("Transaction request exceeds 4 MB")
    return writes


def _reason(fault: TransportError) -> CancellationReason:
    if fault.code == CONDITION_FAILED:
        return CancellationReason("ConditionalCheckFailed", fault.message, fault.item)
    if fault.code == VALIDATION:
        return CancellationReason("ValidationError", fault.message)
    raise fault


def _read_action(store: Store, action: Parameters) -> WriteRequest:
    [kind] = action
    parameters = require_mapping(action, kind)
    check_names(parameters, _KNOWN[kind])
    required = {"ConditionCheck": "ConditionExpression", "Update": "UpdateExpression"}.get(kind)
    if required is not None and required not in parameters:
        raise build_parameter_error(f"Missing required parameter in TransactItems: {required!r}")
    return read_write(store, kind, parameters)


def _check_distinct(requests: Sequence[WriteRequest]) -> None:
    """An item without a valid key is left to its action, which is then a reason to cancel."""
    seen: set[tuple[str, Key]] = set()
    for request in requests:
        try:
            place = (request.table.schema.name, request.key)
        except TransportError:
            continue
        if place in seen:
            raise _repetition_error()
        seen.add(place)


def transact_get_items(store: Store, parameters: Parameters) -> Response:
    gets = [require_mapping(each, "Get") for each in _actions(parameters, frozenset({"Get"}))]
    meter = Meter(parameters, transaction="Read")
    responses: list[Response] = []
    seen: set[tuple[Table, Key]] = set()
    for get in gets:
        check_names(get, _GET)
        table = store.table(get)
        scope = Scope(get)
        projection = scope.projection()
        scope.close()
        key = find_key(table, get)
        if (table, key) in seen:
            raise _repetition_error()
        seen.add((table, key))
        record = table.find(key)
        count_read(meter, table, record, consistent=True)
        responses.append(show_item(record, projection))
    return {"Responses": responses} | meter.many()


def _actions(parameters: Parameters, kinds: frozenset[str]) -> Sequence[Parameters]:
    actions = require_sequence(parameters, "TransactItems")
    if not 1 <= len(actions) <= _ACTIONS:
        bound = f"less than or equal to {_ACTIONS}" if actions else "greater than or equal to 1"
        raise build_validation(
            "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: "
            f"Member must have length {bound}"
        )
    for action in actions:
        if len(action) != 1 or not action.keys() <= kinds:
            raise build_validation(
                f"TransactItems can only contain one of {', '.join(sorted(kinds))}"
            )
    return actions


def _repetition_error() -> TransportError:
    return build_validation("Transaction request cannot include multiple operations on one item")


def _fingerprint(actions: Sequence[Parameters]) -> str:
    """The same text for the same actions, whatever the order of their parameters."""
    return json.dumps(actions, sort_keys=True, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, object]", value))
    return repr(value)
