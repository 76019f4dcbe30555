"""The table from error classes to what a client sees of them.

Whatever is not in the table is an `InternalError`: nothing inside the app leaks by omission.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from access_patterns import categories, posts
from app.core import problems
from app.core.problems import Problem, Taken, invalid
from app.services import authors, objects, previews, uploads
from app.services.accounts import account_errors
from app.services.jobs import jobs
from app.services.policy import NotAllowed
from app.services.posts import post_errors
from app.services.tokens import KeysUnavailable
from singletable import Label
from singletable.errors import SingleTableError, WriteRefused, request, service


def _worded(refused: request.WriteRefused, otherwise: Problem) -> Problem:
    """The pattern's labels where it gave some; they know more than the engine does."""
    if refused.labels:
        return about_a_value(refused) or problems.Conflict(reason=str(refused))
    return otherwise


POOL_LACKS_USER = "the user pool has no such account; have it deleted here as well"


TABLE: Mapping[type[Exception], Callable[[Any], Problem]] = {
    # what the request is about is not as it thinks
    request.InvalidCursor: lambda _: problems.InvalidCursor(),
    request.InvalidKeyValue: lambda e: invalid(e.field, e.slug, e.reason),
    request.InvalidItem: lambda e: invalid("body", e.slug, e.problems),
    request.UnstorableValue: lambda e: invalid("body", e.slug, e.reason),
    request.ItemMissing: lambda e: _worded(e, problems.NotFound(what=e.entity)),
    request.ItemExists: lambda e: _worded(e, problems.AlreadyExists(what=e.entity)),
    request.UniqueTaken: lambda e: problems.Taken(field=e.field),
    request.VersionConflict: lambda e: problems.VersionConflict(what=e.entity),
    request.WriteRefused: lambda e: _worded(
        e, problems.Conflict(reason=f"{e.entity} does not allow it now")
    ),
    request.AttachedWriteRefused: lambda _: problems.Busy(),  # of no concern to the client
    request.TransactionCancelled: lambda e: problem_for(_most_specific(e.failures.values())),
    # the way to DynamoDB
    service.Contended: lambda _: problems.Busy(),
    service.Throttled: lambda _: problems.Busy(),
    service.Unprocessed: lambda _: problems.Busy(),
    service.BatchUnfinished: lambda _: problems.Busy(),
    service.ServiceUnavailable: lambda _: problems.Unavailable(),
    # faults of the app, of its configuration, or of what is stored
    SingleTableError: lambda _: problems.InternalError(),
    # who asks
    NotAllowed: lambda e: (
        problems.Forbidden(action=e.action) if e.is_known else problems.CredentialsMissing()
    ),
    account_errors.SessionOver: lambda _: problems.SessionEnded(),
    KeysUnavailable: lambda _: problems.Unavailable(),
    # accounts
    authors.AuthorMissing: lambda _: problems.NotFound(what="the author"),
    account_errors.AccountMissing: lambda _: problems.NotFound(what="the user"),
    account_errors.AddressTaken: lambda _: problems.Taken(field="email"),
    account_errors.AccountError: lambda e: problems.Conflict(reason=str(e)),
    account_errors.EmailInPool: lambda _: problems.Taken(field="email"),
    account_errors.UserNotInPool: lambda _: problems.Conflict(reason=POOL_LACKS_USER),
    account_errors.PasswordTooWeak: lambda e: invalid("body.password", "too-weak", str(e)),
    account_errors.PoolRefuses: lambda e: invalid("body", "refused-by-pool", str(e)),
    account_errors.SignInRefused: lambda _: problems.LoginRefused(),
    account_errors.ResetRefused: lambda _: problems.LoginRefused(),
    account_errors.PoolBusy: lambda _: problems.Busy(),
    account_errors.PoolUnavailable: lambda _: problems.Unavailable(),
    account_errors.PoolError: lambda _: problems.InternalError(),
    # posts
    post_errors.PostMissing: lambda _: problems.NotFound(what="the post"),
    post_errors.RevisionMissing: lambda _: problems.NotFound(what="the revision"),
    post_errors.InThePast: lambda e: invalid("body.at", "in-the-past", str(e)),
    post_errors.CategoryMissing: lambda _: problems.NotFound(what="the category"),
    post_errors.SubtreeTooLarge: lambda e: invalid("query.below", "too-many", str(e)),
    post_errors.NoSuchList: lambda e: invalid("query", "no-such-list", str(e)),
    post_errors.PostError: lambda e: problems.Conflict(reason=str(e)),
    # previews and uploaded files
    previews.PreviewMissing: lambda _: problems.NotFound(what="the preview"),
    previews.TooLong: lambda e: invalid("body.seconds", "too-long", str(e)),
    uploads.MediaMissing: lambda _: problems.NotFound(what="the file"),
    uploads.TooBig: lambda e: invalid("body.size", "too-large", str(e)),
    uploads.MediaError: lambda e: problems.Conflict(reason=str(e)),
    # jobs, and the queue that tells of them
    jobs.JobMissing: lambda _: problems.NotFound(what="the job"),
    jobs.TooBig: lambda e: invalid("body.size", "too-large", str(e)),
    jobs.JobError: lambda e: problems.Conflict(reason=str(e)),
    jobs.QueueError: lambda _: problems.Unavailable(),
    # stored objects
    objects.ObjectMissing: lambda _: problems.NotFound(what="the uploaded object"),
    objects.ObjectDiffers: lambda e: problems.Conflict(reason=e.reason),
    objects.StorageUnavailable: lambda _: problems.Unavailable(),
    # our own
    Problem: lambda e: e,
}


# Of several failures in one transaction, the first of these tells the client most.
_MOST_SPECIFIC_FIRST = (
    request.UniqueTaken,
    request.VersionConflict,
    request.ItemMissing,
    request.ItemExists,
    request.ConditionFailed,
    request.WriteRefused,
)


def problem_for(error: Exception | None, *, if_match: bool = False) -> Problem:
    """What a client is told of an error; with If-Match, a lost race is a failed precondition."""
    if isinstance(error, request.RequestError) and error.written == "unknown":
        return problems.Unavailable()
    for cls in type(error).__mro__:
        if translate := TABLE.get(cls):
            refusal = translate(error)
            if if_match and isinstance(refusal, problems.VersionConflict):
                return problems.PreconditionFailed()
            return refusal
    return problems.InternalError()


def _most_specific(failures: Iterable[Exception]) -> Exception | None:
    known = tuple(failures)
    ranked = (each for cls in _MOST_SPECIFIC_FIRST for each in known if isinstance(each, cls))
    return next(ranked, request.WriteRefused(entity="one of the items", key=""))


@dataclass(frozen=True)
class ErrorRow:
    """One code that a client may meet."""

    status: int
    code: str
    meaning: str
    remedy: str


def catalogue() -> tuple[ErrorRow, ...]:
    """Every code, by status: what the docs show."""
    rows = [ErrorRow(cls.status, cls.code, cls.why, cls.remedy) for cls in every_problem()]
    return tuple(sorted(rows, key=lambda row: (row.status, row.code)))


def every_problem() -> tuple[type[Problem], ...]:
    """All classes a client may meet, whichever file declares them."""
    return tuple(_concrete(Problem))


def _concrete(cls: type[Problem]) -> Iterable[type[Problem]]:
    for each in cls.__subclasses__():
        if hasattr(each, "code"):
            yield each
        yield from _concrete(each)


def _no_parent() -> Problem:
    return invalid("body.parentId", "unknown-category", categories.NO_PARENT.message)


ABOUT_A_VALUE: Mapping[tuple[str, Label], Callable[[], Problem]] = {
    ("PostSlug", posts.SLUG_TAKEN): lambda: Taken(field="slug"),
    ("CategorySlug", categories.SLUG_TAKEN): lambda: Taken(field="slug"),
    ("CategoryUsage", posts.NO_CATEGORY): lambda: invalid(
        "body.categoryId", "unknown-category", posts.NO_CATEGORY.message
    ),
    ("Category", categories.NO_PARENT): _no_parent,
    ("CategoryUsage", categories.NO_PARENT): _no_parent,
}
"""By the entity whose write was refused, and the label that its pattern gave it."""


def about_a_value(refused: WriteRefused) -> Problem | None:
    """None if the label is about no value in particular."""
    if refused.label is None:
        return None
    translate = ABOUT_A_VALUE.get((refused.entity, refused.label))
    return translate() if translate else None
