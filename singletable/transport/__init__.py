"""The port to DynamoDB, and its adapters."""

from singletable.transport.port import Transport

__all__ = ["Transport"]
