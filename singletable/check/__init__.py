"""Holds tables and designs against their declarations. Sends nothing."""

from singletable.check.difference import table_differences

__all__ = ["table_differences"]
