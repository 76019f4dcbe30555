"""Single-table DynamoDB design, declared once. Knows DynamoDB; knows no application."""

from singletable.entity import Entity, Key, Table, create, delete, put, schema_of, update, upsert
from singletable.errors import DeclarationError, RequestError, SingleTableError
from singletable.errors.request import Label
from singletable.expressions import Condition, attr
from singletable.formats import (
    day,
    escaped_text,
    instant,
    integer,
    one_of,
    slug,
    text,
    ulid,
    uuid_text,
)
from singletable.operations import (
    Check,
    Create,
    Delete,
    First,
    Get,
    Page,
    Patch,
    Put,
    Query,
    Transaction,
    Update,
    Upsert,
    Write,
    transaction,
)
from singletable.patterns import access_pattern
from singletable.repository import Repository, Retry, Sent
from singletable.schema import CREATED, TTL, UPDATED, VERSION
from singletable.table import ALL, KEYS_ONLY, include, number, shards, unique

__version__ = "0.1.0"

__all__ = [
    "ALL",
    "CREATED",
    "KEYS_ONLY",
    "TTL",
    "UPDATED",
    "VERSION",
    "Check",
    "Condition",
    "Create",
    "DeclarationError",
    "Delete",
    "Entity",
    "First",
    "Get",
    "Key",
    "Label",
    "Page",
    "Patch",
    "Put",
    "Query",
    "Repository",
    "RequestError",
    "Retry",
    "Sent",
    "SingleTableError",
    "Table",
    "Transaction",
    "Update",
    "Upsert",
    "Write",
    "access_pattern",
    "attr",
    "create",
    "day",
    "delete",
    "escaped_text",
    "include",
    "instant",
    "integer",
    "number",
    "one_of",
    "put",
    "schema_of",
    "shards",
    "slug",
    "text",
    "transaction",
    "ulid",
    "unique",
    "update",
    "upsert",
    "uuid_text",
]
