"""Requests as data: what is asked of DynamoDB, before anything is sent."""

from singletable.operations.protocol import (
    Context,
    Operation,
    Origin,
    Read,
    Request,
    WriteOperation,
)
from singletable.operations.reads.batch_get import BatchGet
from singletable.operations.reads.get import Get
from singletable.operations.reads.page import Page
from singletable.operations.reads.paged_read import PagedRead
from singletable.operations.reads.query import Query
from singletable.operations.reads.query_answers import Count, First
from singletable.operations.reads.scan import Scan
from singletable.operations.reads.search import Search
from singletable.operations.reads.snapshot import Snapshot, snapshot
from singletable.operations.writes.batch import Batch, batch
from singletable.operations.writes.clear import Clear
from singletable.operations.writes.delete import Check, Delete
from singletable.operations.writes.partial_update import Patch
from singletable.operations.writes.put import Create, Put
from singletable.operations.writes.update import Update
from singletable.operations.writes.upsert import Upsert
from singletable.operations.writes.write import PredictableWrite, Transaction, Write, transaction

__all__ = [
    "Batch",
    "BatchGet",
    "Check",
    "Clear",
    "Context",
    "Count",
    "Create",
    "Delete",
    "First",
    "Get",
    "Operation",
    "Origin",
    "Page",
    "PagedRead",
    "Patch",
    "PredictableWrite",
    "Put",
    "Query",
    "Read",
    "Request",
    "Scan",
    "Search",
    "Snapshot",
    "Transaction",
    "Update",
    "Upsert",
    "Write",
    "WriteOperation",
    "batch",
    "snapshot",
    "transaction",
]
