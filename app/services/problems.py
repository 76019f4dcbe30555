"""Translates the engine's errors to problems.

What is neither is an `InternalError`: nothing inside the app leaks by omission.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from access_patterns import categories, posts
from app.core import problems
from app.core.details import CODES
from app.core.problems import Problem, invalid
from singletable import Label
from singletable.errors import request, service


def problem_for(error: Exception, *, if_match: bool = False) -> Problem:
    """What a client is told of an error; with If-Match, a lost race is a failed precondition."""
    problem = error if isinstance(error, Problem) else _translated(error)
    if if_match and isinstance(problem, problems.VersionConflict):
        return problems.PreconditionFailed()
    return problem


def _translated(error: Exception) -> Problem:
    if isinstance(error, request.RequestError) and error.written == "unknown":
        return problems.Unavailable()
    known = (TABLE[cls] for cls in type(error).__mro__ if cls in TABLE)
    translate = next(known, None)
    return translate(error) if translate else problems.InternalError()


def _worded(refused: request.WriteRefused, otherwise: Problem) -> Problem:
    """The pattern's labels where it gave some; they know more than the engine does."""
    if about := ABOUT_A_VALUE.get((refused.entity, refused.label)):
        return about
    if not refused.labels:
        return otherwise
    named = (label.name for label in refused.labels if label.name in CODES)
    return problems.Conflict(slug=next(named, "refused"), reason=str(refused))


def _most_specific(failures: Iterable[Exception]) -> Exception:
    known = tuple(failures)
    ranked = (each for cls in _MOST_SPECIFIC_FIRST for each in known if isinstance(each, cls))
    return next(ranked, request.WriteRefused(entity="one of the items", key=""))


# Of several failures in one transaction, the first of these tells the client most.
_MOST_SPECIFIC_FIRST = (
    request.UniqueTaken,
    request.VersionConflict,
    request.ItemMissing,
    request.ItemExists,
    request.ConditionFailed,
    request.WriteRefused,
)

# All other errors of the engine are faults of the app, of its configuration, or of what is stored.
TABLE: Mapping[type, Callable[[Any], Problem]] = {
    request.InvalidCursor: lambda _: problems.InvalidCursor(),
    request.InvalidKeyValue: lambda e: invalid(e.field, "wrong-form", e.reason),
    request.InvalidItem: lambda e: invalid("body", "invalid", e.problems),
    request.UnstorableValue: lambda e: invalid("body", "invalid", e.reason),
    request.ItemMissing: lambda e: _worded(e, problems.NotFound(what=e.entity)),
    request.ItemExists: lambda e: _worded(e, problems.AlreadyExists(what=e.entity)),
    request.UniqueTaken: lambda e: problems.Taken(field=e.field),
    request.VersionConflict: lambda e: problems.VersionConflict(what=e.entity),
    request.WriteRefused: lambda e: _worded(
        e, problems.Conflict(reason=f"{e.entity} does not allow it now")
    ),
    request.AttachedWriteRefused: lambda _: problems.Busy(),  # of no concern to the client
    request.TransactionCancelled: lambda e: _translated(_most_specific(e.failures.values())),
    service.Contended: lambda _: problems.Busy(),
    service.Throttled: lambda _: problems.Busy(),
    service.Unprocessed: lambda _: problems.Busy(),
    service.BatchUnfinished: lambda _: problems.Busy(),
    service.ServiceUnavailable: lambda _: problems.Unavailable(),
}

_NO_PARENT = invalid("body.parentId", "unknown-category", categories.NO_PARENT.message)
ABOUT_A_VALUE: Mapping[tuple[str, Label | None], Problem] = {
    ("PostSlug", posts.SLUG_TAKEN): problems.Taken(field="slug"),
    ("CategorySlug", categories.SLUG_TAKEN): problems.Taken(field="slug"),
    ("CategoryUsage", posts.NO_CATEGORY): invalid("body.categoryId", "unknown-category"),
    ("Category", categories.NO_PARENT): _NO_PARENT,
    ("CategoryUsage", categories.NO_PARENT): _NO_PARENT,
}
"""By the entity whose write was refused, and the label that its pattern gave it."""
