"""Requests as data: what is asked of DynamoDB, before anything is sent."""

from singletable.operations.protocol import (
    Context,
    Operation,
    Origin,
    Read,
    Request,
    WriteOperation,
)
from singletable.operations.reads.get import Get
from singletable.operations.reads.query import First, Page, Query
from singletable.operations.writes.delete import Check, Delete
from singletable.operations.writes.partial_update import Patch
from singletable.operations.writes.put import Create, Put
from singletable.operations.writes.update import Update
from singletable.operations.writes.upsert import Upsert
from singletable.operations.writes.write import PredictableWrite, Transaction, Write, transaction

__all__ = [
    "Check",
    "Context",
    "Create",
    "Delete",
    "First",
    "Get",
    "Operation",
    "Origin",
    "Page",
    "Patch",
    "PredictableWrite",
    "Put",
    "Query",
    "Read",
    "Request",
    "Transaction",
    "Update",
    "Upsert",
    "Write",
    "WriteOperation",
    "transaction",
]
