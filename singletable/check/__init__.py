"""Holds tables and designs against their declarations. Sends nothing."""

from singletable.check.difference import table_differences
from singletable.check.iam import is_request_allowed

__all__ = ["is_request_allowed", "table_differences"]
