"""The transport protocol, and its adapters for boto3, aiobotocore and threads."""

from singletable.errors.transport import CANCELLED, CancellationReason, TransportError
from singletable.expressions.effects import is_repeatable
from singletable.transport.attempts import note_possible_writes
from singletable.transport.boto3 import aiobotocore_transport, boto3_transport
from singletable.transport.lean import async_lean_transport, lean_transport
from singletable.transport.protocol import AsyncTransport, Response, Transport
from singletable.transport.threads import in_threads

__all__ = [
    "CANCELLED",
    "AsyncTransport",
    "CancellationReason",
    "Response",
    "Transport",
    "TransportError",
    "aiobotocore_transport",
    "async_lean_transport",
    "boto3_transport",
    "in_threads",
    "is_repeatable",
    "lean_transport",
    "note_possible_writes",
]
