"""A question that may be shared: the name of its page, its tags, and what its answer becomes.

Everything follows from the operation; Redis is not known here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from app.cache.cacheable import Cacheable, Lifetime
from app.cache.tags import Tag, tags_of_read
from singletable.design.kinds import is_get, query_of
from singletable.operations import Context, Operation
from singletable.schema import Schema

FORM = "1"
VISIBILITY = "public"
_DIGEST_BYTES = 16
_FINGERPRINT_BYTES = 6
_ANY_MOMENT = Context("table", datetime(2026, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Reading:
    """`page` is unique to pattern, arguments, visibility, table and the entity's shape."""

    operation: Operation[Any]
    pattern: str
    model: type
    page: str
    tags: tuple[Tag, ...]
    lifetime: Lifetime


class Readings:
    """`secret` is the cursors': pages hold cursors, so who cannot open them must not share them."""

    def __init__(self, cacheable: Cacheable, secret: bytes) -> None:
        self._cacheable = cacheable
        self._secret = blake2b(secret, person=b"read-cache").digest()
        self._fingerprints = dict[type, str]()

    def of(self, operation: Operation[Any], context: Context) -> Reading | None:
        """None for what is not shared: writes, unnamed patterns, reads that must be up to date."""
        pattern = operation.origin.pattern if operation.origin else ""
        lifetime = self._cacheable.lifetimes.get(pattern)
        asked = _asked(operation)
        if lifetime is None or asked is None:
            return None
        schema, facts = asked
        shape = f"{FORM}.{self._fingerprint(schema)}"
        name = (pattern, VISIBILITY, context.table, shape, self._digest(facts))
        tags = tags_of_read(operation, context)
        return Reading(operation, pattern, schema.model, ":".join(name), tags, lifetime)

    def tag_name(self, tag: Tag, table: str) -> str:
        """A text that tells nothing of the key: it may hold the title of a draft."""
        return f"{table}:{self._digest([tag.entity, tag.index, tag.place])}"

    def _fingerprint(self, schema: Schema[Any]) -> str:
        if schema.model not in self._fingerprints:
            self._fingerprints[schema.model] = fingerprint(schema)
        return self._fingerprints[schema.model]

    def _digest(self, facts: object) -> str:
        text = json.dumps(facts, default=repr, sort_keys=True).encode()
        return blake2b(text, key=self._secret, digest_size=_DIGEST_BYTES).hexdigest()


def _asked(operation: object) -> tuple[Schema[Any], object] | None:
    """The entity, and everything that decides the answer."""
    if is_get(operation):
        if operation.is_consistent or operation.hides_expired:
            return None
        return operation.schema, operation.schema.primary.render(operation.identity)
    query = query_of(operation)
    if query is None or query.is_consistent or query.hides_expired:
        return None
    requests = replace(query, after=None).requests(_ANY_MOMENT)
    limits = (query.items_in_all, query.items_per_request, query.requests_at_most)
    asked = [type(operation).__name__, limits, query.after, [each.parameters for each in requests]]
    return query.schema, asked


def fingerprint(schema: Schema[Any]) -> str:
    """Another one for every other model: its fields, their types and limits, its keys."""
    sides = [
        (key.label, key.index.label, [side.template.source for side in key.sides])
        for key in schema.keys.values()
    ]
    text = json.dumps([schema.model.model_json_schema(), sides], sort_keys=True, default=repr)
    return blake2b(text.encode(), digest_size=_FINGERPRINT_BYTES).hexdigest()
