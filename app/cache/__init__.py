"""Answers to public questions, shared by all instances in Redis. Knows no route and no caller.

Keys, tags and what drops a page follow from the access patterns; `cacheable` alone is written.
"""

from app.cache.assembly import cached

__all__ = ["cached"]
