"""Single-table DynamoDB design, declared once. Knows DynamoDB; knows no application.

Here is what declarations and their use need. Key formats are in `singletable.formats`, all errors
in `singletable.errors`, patterns of one line in `singletable.patterns`, transports in
`singletable.transport`, what looks into operations and stands around a repository in
`singletable.inspect` (with `Check`, `Condition`, `Count`, `Key` and `Retry`, which few
declarations name), the reading of streams in `singletable.streams`, observers in
`singletable.telemetry`, vectors in `singletable.vectors`, what tests need in `singletable.testing`.
Everything else is private.
"""

from singletable.entity import (
    Entity,
    Table,
    View,
    clear,
    collection,
    create,
    delete,
    put,
    update,
    upsert,
)
from singletable.errors import Label, RequestError
from singletable.expressions import attr
from singletable.operations import (
    Batch,
    BatchGet,
    Clear,
    Create,
    Delete,
    First,
    Get,
    Page,
    Patch,
    Put,
    Query,
    Scan,
    Search,
    Snapshot,
    Transaction,
    Update,
    Upsert,
    batch,
    snapshot,
    transaction,
)
from singletable.patterns import access_pattern
from singletable.provision import create_table
from singletable.repository import AsyncRepository, Repository
from singletable.schema import CREATED, IN_KEY, TTL, UPDATED, VERSION
from singletable.table import KEYS_ONLY, Deployment, include, number, shards, unique
from singletable.transport import boto3_transport

__version__ = "0.1.0"

__all__ = [
    "CREATED",
    "IN_KEY",
    "KEYS_ONLY",
    "TTL",
    "UPDATED",
    "VERSION",
    "AsyncRepository",
    "Batch",
    "BatchGet",
    "Clear",
    "Create",
    "Delete",
    "Deployment",
    "Entity",
    "First",
    "Get",
    "Label",
    "Page",
    "Patch",
    "Put",
    "Query",
    "Repository",
    "RequestError",
    "Scan",
    "Search",
    "Snapshot",
    "Table",
    "Transaction",
    "Update",
    "Upsert",
    "View",
    "access_pattern",
    "attr",
    "batch",
    "boto3_transport",
    "clear",
    "collection",
    "create",
    "create_table",
    "delete",
    "include",
    "number",
    "put",
    "shards",
    "snapshot",
    "transaction",
    "unique",
    "update",
    "upsert",
]
