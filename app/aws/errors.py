"""What can go wrong with stored objects and secrets. Knows no botocore."""

from __future__ import annotations

from dataclasses import dataclass

from app.worded import WordedError


@dataclass(eq=False, kw_only=True)
class StorageError(WordedError):
    """A request about an object that was not carried out."""

    message = "{key}: {reason}"

    key: str
    reason: str = ""


class ObjectMissing(StorageError):
    """Nothing was uploaded under the key, or it was deleted."""

    message = "{key} does not exist"


class ObjectDiffers(StorageError):
    """What was uploaded is not what was announced: another type or size."""


class StorageUnavailable(StorageError):
    """S3 could not be reached, throttled or failed through all attempts."""


class StorageRefused(StorageError):
    """S3 refused for a reason of ours: credentials, policy, bucket."""


@dataclass(eq=False, kw_only=True)
class SecretUnreadable(WordedError):
    """A secret that is not where its reference says, or not to be had; never says a value."""

    message = "{reference} cannot be read: {reason}"

    reference: str
    reason: str
