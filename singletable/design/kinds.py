"""Tells operations apart. For type checkers, which lose generic arguments in `isinstance`."""

from __future__ import annotations

from typing import Any, TypeGuard

from pydantic import BaseModel

from singletable.operations import Accompanied, First, Get, Query, Transaction, Update, Write


def is_get(value: object) -> TypeGuard[Get[BaseModel]]:
    return isinstance(value, Get)


def is_update(value: object) -> TypeGuard[Update[Any]]:
    return isinstance(value, Update)


def query_of(operation: object) -> Query[BaseModel] | None:
    """The query that is asked, also where its first item alone is wanted."""
    inner = operation.query if _is_first(operation) else operation
    return inner if _is_query(inner) else None


def writes_of(operation: object) -> tuple[Write[Any], ...]:
    """The writes of a transaction, or the one write; none for reads."""
    if _is_transaction(operation) or _is_accompanied(operation):
        return operation.writes
    return (operation,) if _is_write(operation) else ()


def _is_query(value: object) -> TypeGuard[Query[BaseModel]]:
    return isinstance(value, Query)


def _is_first(value: object) -> TypeGuard[First[Any]]:
    return isinstance(value, First)


def _is_transaction(value: object) -> TypeGuard[Transaction[Any]]:
    return isinstance(value, Transaction)


def _is_accompanied(value: object) -> TypeGuard[Accompanied[Any]]:
    return isinstance(value, Accompanied)


def _is_write(value: object) -> TypeGuard[Write[Any]]:
    return isinstance(value, Write)
