"""Compares live tables and IAM policies with declarations. Sends nothing."""

from singletable.check.difference import table_differences
from singletable.check.iam import is_request_allowed

__all__ = ["is_request_allowed", "table_differences"]
