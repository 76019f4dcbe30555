"""The one table from error classes to what a client sees of them. Knows no route.

Whatever is not in the table is an `InternalError`: nothing inside the app leaks by omission.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.accounts import errors as accounts
from app.accounts import pool_errors
from app.auth.keys import KeysUnavailable
from app.auth.permission import NotAllowed
from app.aws import errors as storage
from app.http import refusals
from app.http.refusals import Refusal
from app.http.validation import invalid
from app.jobs import errors as jobs
from app.jobs import queue
from app.media import errors as media
from app.posts import errors as posts
from app.previews import errors as previews
from app.refused_writes import about_a_value
from singletable.errors import SingleTableError, request, service


def _worded(refused: request.WriteRefused, otherwise: Refusal) -> Refusal:
    """The pattern's labels where it gave some; they know more than the engine does."""
    if refused.labels:
        return about_a_value(refused) or refusals.Conflict(reason=str(refused))
    return otherwise


POOL_LACKS_USER = "the user pool has no such account; have it deleted here as well"

TABLE: Mapping[type[Exception], Callable[[Any], Refusal]] = {
    # what the request is about is not as it thinks
    request.InvalidCursor: lambda _: refusals.InvalidCursor(),
    request.InvalidKeyValue: lambda e: invalid(e.field, e.slug, e.reason),
    request.InvalidItem: lambda e: invalid("body", e.slug, e.problems),
    request.UnstorableValue: lambda e: invalid("body", e.slug, e.reason),
    request.ItemMissing: lambda e: _worded(e, refusals.NotFound(what=e.entity)),
    request.ItemExists: lambda e: _worded(e, refusals.AlreadyExists(what=e.entity)),
    request.UniqueTaken: lambda e: refusals.Taken(field=e.field),
    request.VersionConflict: lambda e: refusals.VersionConflict(what=e.entity),
    request.WriteRefused: lambda e: _worded(
        e, refusals.Conflict(reason=f"{e.entity} does not allow it now")
    ),
    request.AttachedWriteRefused: lambda _: refusals.Busy(),  # of no concern to the client
    request.TransactionCancelled: lambda e: refusal_for(_most_specific(e.failures.values())),
    # the way to DynamoDB
    service.Contended: lambda _: refusals.Busy(),
    service.Throttled: lambda _: refusals.Busy(),
    service.Unprocessed: lambda _: refusals.Busy(),
    service.BatchUnfinished: lambda _: refusals.Busy(),
    service.ServiceUnavailable: lambda _: refusals.Unavailable(),
    # faults of the app, of its configuration, or of what is stored
    SingleTableError: lambda _: refusals.InternalError(),
    # who asks
    NotAllowed: lambda e: (
        refusals.Forbidden(action=e.action) if e.is_known else refusals.CredentialsMissing()
    ),
    accounts.SessionOver: lambda _: refusals.SessionEnded(),
    KeysUnavailable: lambda _: refusals.Unavailable(),
    # accounts
    accounts.AccountMissing: lambda _: refusals.NotFound(what="the user"),
    accounts.AddressTaken: lambda _: refusals.Taken(field="email"),
    accounts.AccountError: lambda e: refusals.Conflict(reason=str(e)),
    pool_errors.EmailInPool: lambda _: refusals.Taken(field="email"),
    pool_errors.UserNotInPool: lambda _: refusals.Conflict(reason=POOL_LACKS_USER),
    pool_errors.PasswordTooWeak: lambda e: invalid("body.password", "too-weak", str(e)),
    pool_errors.PoolRefuses: lambda e: invalid("body", "refused-by-pool", str(e)),
    pool_errors.SignInRefused: lambda _: refusals.LoginRefused(),
    pool_errors.ResetRefused: lambda _: refusals.LoginRefused(),
    pool_errors.PoolBusy: lambda _: refusals.Busy(),
    pool_errors.PoolUnavailable: lambda _: refusals.Unavailable(),
    pool_errors.PoolError: lambda _: refusals.InternalError(),
    # posts
    posts.PostMissing: lambda _: refusals.NotFound(what="the post"),
    posts.RevisionMissing: lambda _: refusals.NotFound(what="the revision"),
    posts.NoSuchList: lambda e: invalid("query", "no-such-list", str(e)),
    posts.PostError: lambda e: refusals.Conflict(reason=str(e)),
    # previews and uploaded files
    previews.PreviewMissing: lambda _: refusals.NotFound(what="the preview"),
    previews.TooLong: lambda e: invalid("body.seconds", "too-long", str(e)),
    media.MediaMissing: lambda _: refusals.NotFound(what="the file"),
    media.TooBig: lambda e: invalid("body.size", "too-large", str(e)),
    media.MediaError: lambda e: refusals.Conflict(reason=str(e)),
    # jobs, and the queue that tells of them
    jobs.JobMissing: lambda _: refusals.NotFound(what="the job"),
    jobs.TooBig: lambda e: invalid("body.size", "too-large", str(e)),
    jobs.JobError: lambda e: refusals.Conflict(reason=str(e)),
    queue.QueueError: lambda _: refusals.Unavailable(),
    # stored objects
    storage.ObjectMissing: lambda _: refusals.NotFound(what="the uploaded object"),
    storage.ObjectDiffers: lambda e: refusals.Conflict(reason=e.reason),
    storage.StorageUnavailable: lambda _: refusals.Unavailable(),
    # our own
    Refusal: lambda e: e,
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


def refusal_for(error: Exception | None, *, if_match: bool = False) -> Refusal:
    """What a client is told of an error; with If-Match, a lost race is a failed precondition."""
    if isinstance(error, request.RequestError) and error.written == "unknown":
        return refusals.Unavailable()
    for cls in type(error).__mro__:
        if translate := TABLE.get(cls):
            refusal = translate(error)
            if if_match and isinstance(refusal, refusals.VersionConflict):
                return refusals.PreconditionFailed()
            return refusal
    return refusals.InternalError()


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
    rows = [ErrorRow(cls.status, cls.code, cls.why, cls.remedy) for cls in every_refusal()]
    return tuple(sorted(rows, key=lambda row: (row.status, row.code)))


def every_refusal() -> tuple[type[Refusal], ...]:
    """All classes a client may meet, whichever file declares them."""
    return tuple(_concrete(Refusal))


def _concrete(cls: type[Refusal]) -> Iterable[type[Refusal]]:
    for each in cls.__subclasses__():
        if hasattr(each, "code"):
            yield each
        yield from _concrete(each)
