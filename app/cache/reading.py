"""A question that may be shared: the name of its page, its tags, and what its answer becomes.

Everything follows from the operation; Redis is not known here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from pydantic import BaseModel

from access_patterns import blog
from app.cache.cacheable import Cacheable, Lifetime
from app.cache.tags import Tag, tags_of_read
from singletable import inspect
from singletable.inspect import Context, Operation

FORM = "1"
VISIBILITY = "public"
_DIGEST_BYTES = 16
_FINGERPRINT_BYTES = 6


@dataclass(frozen=True)
class Reading:
    """`page` is unique to pattern, arguments, visibility, table and the entity's shape."""

    operation: Operation[Any]
    pattern: str
    model: type[BaseModel]
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
        pattern = inspect.pattern_name(operation) or ""
        lifetime = self._cacheable.lifetimes.get(pattern)
        if lifetime is None or inspect.must_be_fresh(operation):
            return None
        (model,) = inspect.entities(operation)
        shape = f"{FORM}.{self._fingerprint(model)}"
        digest = self._digest(inspect.question(operation))
        name = (pattern, VISIBILITY, context.name_of(blog), shape, digest)
        tags = tags_of_read(operation)
        return Reading(operation, pattern, model, ":".join(name), tags, lifetime)

    def tag_name(self, tag: Tag, table: str) -> str:
        """A text that tells nothing of the key: it may hold the title of a draft."""
        return f"{table}:{self._digest([tag.entity, tag.index, tag.values])}"

    def _fingerprint(self, model: type[BaseModel]) -> str:
        if model not in self._fingerprints:
            self._fingerprints[model] = fingerprint(model)
        return self._fingerprints[model]

    def _digest(self, facts: object) -> str:
        text = json.dumps(facts, default=repr, sort_keys=True).encode()
        return blake2b(text, key=self._secret, digest_size=_DIGEST_BYTES).hexdigest()


def fingerprint(model: type[BaseModel]) -> str:
    """Another one for every other model: its fields, their types and limits, its keys."""
    shape = inspect.entity_shape(model).encode()
    return blake2b(shape, digest_size=_FINGERPRINT_BYTES).hexdigest()
