"""The transport protocol, and its adapter for boto3."""

from singletable.errors.transport import CANCELLED, CancellationReason, TransportError
from singletable.expressions.effects import is_repeatable
from singletable.transport.attempts import note_possible_writes
from singletable.transport.boto3 import boto3_transport
from singletable.transport.protocol import AsyncTransport, Response, Transport

__all__ = [
    "CANCELLED",
    "AsyncTransport",
    "CancellationReason",
    "Response",
    "Transport",
    "TransportError",
    "boto3_transport",
    "is_repeatable",
    "note_possible_writes",
]
