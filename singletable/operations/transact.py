"""Sends several actions as one TransactWriteItems request, and reads its cancellation."""

from __future__ import annotations

from collections.abc import Sequence

from singletable.codec import greatest_item_size
from singletable.errors.request import TransactionRefused, WriteRefused
from singletable.errors.transport import CANCELLED, TransportError
from singletable.operations.protocol import Context, Request, Steps
from singletable.operations.writes.action import ITEM_BYTES, Action

ACTIONS = 100
_CONDITION_FAILED = "ConditionalCheckFailed"
BYTES = 4 * 1024 * 1024


def transact_request(
    actions: Sequence[Action], context: Context, token: str | None = None
) -> Request:
    """Builds the request; `TransactionRefused` for what DynamoDB would not take."""
    _check_limits(actions)
    parameters: dict[str, object] = {"TransactItems": [action.part(context) for action in actions]}
    if token is not None:
        parameters["ClientRequestToken"] = token
    return Request("TransactWriteItems", parameters)


def transact(
    actions: Sequence[Action], context: Context, token: str | None = None
) -> Steps[dict[int, WriteRefused]]:
    """Sends the actions; returns refusals by position, none if everything was written."""
    try:
        yield (transact_request(actions, context, token),)
    except TransportError as error:
        if error.code != CANCELLED:
            raise
        refused = {
            at: action.refusal(reason.item)
            for at, (action, reason) in enumerate(zip(actions, error.reasons, strict=False))
            if reason.code == _CONDITION_FAILED
        }
        if not refused:
            raise
        return refused
    return {}


def _has_values(action: Action) -> bool:
    """Whether it has more than an item."""
    return "ExpressionAttributeValues" in action.parameters


def _check_limits(actions: Sequence[Action]) -> None:
    if not actions:
        raise TransactionRefused(problem="it has no action", allowed=f"1 to {ACTIONS}")
    if len(actions) > ACTIONS:
        raise TransactionRefused(problem=f"it has {len(actions)} actions", allowed=f"{ACTIONS}")
    seen = set[object]()
    for action in actions:
        item = (action.table, *(part for value in action.key.values() for part in value.items()))
        if item in seen:
            raise TransactionRefused(
                problem=f"two actions are on one item, {action.shown}", allowed="one an item"
            )
        seen.add(item)
    if len(actions) * ITEM_BYTES <= BYTES and not any(map(_has_values, actions)):
        return
    if sum(action.size(greatest_item_size) for action in actions) <= BYTES:
        return
    size = sum(action.size() for action in actions)
    if size > BYTES:
        raise TransactionRefused(problem=f"it has {size} bytes", allowed=f"{BYTES}")
