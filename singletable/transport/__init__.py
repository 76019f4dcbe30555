"""The transport protocol, and its adapter for boto3."""

from singletable.errors.transport import CANCELLED, CancellationReason, TransportError
from singletable.transport.boto3 import boto3_transport
from singletable.transport.protocol import AsyncTransport, Transport

__all__ = [
    "CANCELLED",
    "AsyncTransport",
    "CancellationReason",
    "Transport",
    "TransportError",
    "boto3_transport",
]
