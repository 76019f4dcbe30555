"""Requests as data: what is asked of DynamoDB, before anything is sent."""

from singletable.operation.accompanied import Accompanied, accompanied, foreseen
from singletable.operation.change import Patch, Upsert
from singletable.operation.check import Check
from singletable.operation.delete import Delete
from singletable.operation.get import Get
from singletable.operation.page import Page
from singletable.operation.puts import Create, Put
from singletable.operation.query import First, Query
from singletable.operation.request import Context, Operation, Origin, Request
from singletable.operation.transaction import Transaction, transaction
from singletable.operation.update import Update
from singletable.operation.write import Settled, Write

__all__ = [
    "Accompanied",
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
    "Put",
    "Query",
    "Request",
    "Settled",
    "Transaction",
    "Update",
    "Upsert",
    "Write",
    "accompanied",
    "foreseen",
    "transaction",
]
