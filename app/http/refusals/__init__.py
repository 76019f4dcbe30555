"""Every failure a client may see, as a class: status, code, words. Knows no cause inside the app.

Raise one in a route; `answers` turns it into the envelope, `catalogue` into the docs.
"""

from app.http.refusals.base import Refusal
from app.http.refusals.caller import (
    CredentialsMissing,
    CredentialsWrong,
    Forbidden,
    LoginRefused,
    SessionEnded,
)
from app.http.refusals.limits import ForeignOrigin, TooManyRequests
from app.http.refusals.repeated import AnswerTooLarge, InProgress, KeyReused, MalformedKey
from app.http.refusals.service import Busy, InternalError, NotConfigured, NotReady, Unavailable
from app.http.refusals.state import (
    AlreadyExists,
    Conflict,
    MethodNotAllowed,
    NoSuchRoute,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Taken,
    VersionConflict,
)
from app.http.refusals.unreadable import (
    InvalidCursor,
    MalformedBody,
    MalformedHeader,
    TooLarge,
    Unprocessable,
    UnsupportedMediaType,
)

__all__ = [
    "AlreadyExists",
    "AnswerTooLarge",
    "Busy",
    "Conflict",
    "CredentialsMissing",
    "CredentialsWrong",
    "Forbidden",
    "ForeignOrigin",
    "InProgress",
    "InternalError",
    "InvalidCursor",
    "KeyReused",
    "LoginRefused",
    "MalformedBody",
    "MalformedHeader",
    "MalformedKey",
    "MethodNotAllowed",
    "NoSuchRoute",
    "NotConfigured",
    "NotFound",
    "NotReady",
    "PreconditionFailed",
    "PreconditionRequired",
    "Refusal",
    "SessionEnded",
    "Taken",
    "TooLarge",
    "TooManyRequests",
    "Unavailable",
    "Unprocessable",
    "UnsupportedMediaType",
    "VersionConflict",
]
