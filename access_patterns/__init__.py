"""Access patterns: one function for each read or write. Imports only model and engine."""

from access_patterns import (
    audit,
    categories,
    idempotency_records,
    jobs,
    media,
    outbox,
    posts,
    previews,
    registrations,
    sessions,
    tags,
    users,
)
from model import blog

__all__ = [
    "audit",
    "blog",
    "categories",
    "jobs",
    "idempotency_records",
    "media",
    "outbox",
    "posts",
    "previews",
    "registrations",
    "sessions",
    "tags",
    "users",
]
