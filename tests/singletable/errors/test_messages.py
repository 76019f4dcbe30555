"""The message of each error class, once: other tests compare classes, slugs and fields."""

from __future__ import annotations

import copy
import inspect
from typing import Any

import pytest

from singletable import Label, errors
from singletable.errors import ConditionFailed, InvalidKeyValue, SingleTableError, UnstorableValue

SAMPLE: dict[str, Any] = {
    "where": "Post.key",
    "declared": "it has no sort key",
    "allowed": "a template",
    "operation": "posts.by_id",
    "code": "SomeException",
    "detail": "what DynamoDB said",
    "entity": "Post",
    "key": "POST#1 / POST",
    "field": "slug",
    "value": "a#b",
    "reason": "holds the delimiter",
    "problems": "title: too long",
    "problem": "two writes to Post",
    "attempts": 3,
    "asked": 3,
    "keys": ("POST#1 / POST", "POST#2 / POST"),
    "requests": 4,
    "unwritten": {1: "POST#1 / POST"},
    "uncertain": {2: "POST#2 / POST"},
    "index": "by_status",
    "changed": "status",
    "missing": "rank",
}
DECLARATION = "Post.key: it has no sort key. Allowed: a template"
SERVICE = "posts.by_id: SomeException: what DynamoDB said"
MESSAGES = {
    "AccessRefused": SERVICE,
    "AttachedWriteRefused": "nothing was written: action 2: Post POST#1 / POST exists already",
    "BatchUnfinished": (
        "1 of 3 writes were carried out, 1 were not, 1 perhaps, e.g. POST#1 / POST:"
        " holds the delimiter"
    ),
    "ConditionFailed": "Post POST#1 / POST does not meet the condition of the write",
    "Contended": "posts.by_id: other writers held the same items through 3 attempts",
    "ContradictoryPattern": DECLARATION,
    "DeclarationError": DECLARATION,
    "DesignFailed": "Post.key cannot be imported: it has no sort key",
    "DesignNotFound": DECLARATION,
    "IncompleteKey": "Post: changing status rewrites by_status, which also needs rank",
    "IndexMissing": "posts.by_id: the table lacks the index: what DynamoDB said",
    "InvalidCursor": "the cursor does not belong to this query",
    "InvalidAcceptance": DECLARATION,
    "InvalidDesignFile": "Post.key: it has no sort key",
    "InvalidEntity": DECLARATION,
    "InvalidFigures": "Post.key: it has no sort key",
    "InvalidFormat": DECLARATION,
    "InvalidItem": "Post: title: too long",
    "InvalidKeyValue": "Post.key: slug='a#b' holds the delimiter",
    "InvalidOperation": DECLARATION,
    "InvalidPattern": DECLARATION,
    "InvalidStoredItem": "Post POST#1 / POST: title: too long",
    "InvalidTable": DECLARATION,
    "InvalidTemplate": DECLARATION,
    "InvalidView": DECLARATION,
    "ItemExists": "Post POST#1 / POST exists already",
    "ItemMissing": "Post POST#1 / POST does not exist",
    "KeyCollision": DECLARATION,
    "MissingExample": DECLARATION,
    "RequestError": "the request failed",
    "RequestLimitReached": (
        "posts.by_id: 4 requests found fewer items than asked for; more remain"
    ),
    "ServiceError": SERVICE,
    "ServiceUnavailable": SERVICE,
    "TableMissing": "posts.by_id: the table does not exist: what DynamoDB said",
    "Throttled": SERVICE,
    "TokenReused": ("posts.by_id: its token was used for another transaction within ten minutes"),
    "TransactionCancelled": "nothing was written: action 2: Post POST#1 / POST exists already",
    "TransactionRefused": "two writes to Post. Allowed: a template",
    "UniqueTaken": "slug is taken",
    "UnknownPattern": DECLARATION,
    "UnknownTemplateField": DECLARATION,
    "Unprocessed": "posts.by_id: DynamoDB left 2 of 3 keys unprocessed, e.g. POST#1 / POST",
    "UnplannedOperation": "Post.key: it has no sort key. Allowed: a template",
    "UnstorableValue": "Post.key: 'a#b' holds the delimiter",
    "UnsupportedAnnotation": DECLARATION,
    "UnusableKeyField": DECLARATION,
    "VersionConflict": "Post POST#1 / POST was changed by another writer",
    "WrittenUnreadable": "it was written, but Post POST#1 / POST cannot be read: title: too long",
    "WriteRefused": "Post POST#1 / POST does not meet the condition of the write",
}


def sample(cls: type[SingleTableError]) -> SingleTableError:
    """An error of the class; refused writes without a reason of their own."""
    names = getattr(cls, "__dataclass_fields__", {})
    given = {name: value for name, value in SAMPLE.items() if name in names}
    if "failures" in names:
        given["failures"] = {1: sample(errors.ItemExists)}
    if issubclass(cls, errors.WriteRefused):
        del given["reason"]
    return cls(**given)


def test_each_class_has_its_message() -> None:
    """Every class that users may catch, with sample values for its fields."""
    classes = [getattr(errors, name) for name in errors.__all__]
    told = {
        cls.__name__: str(sample(cls))
        for cls in classes
        if inspect.isclass(cls)
        and issubclass(cls, SingleTableError)
        and cls is not SingleTableError
    }
    assert told == MESSAGES


def test_a_message_ends_without_a_full_stop() -> None:
    """So that whoever joins it with a remedy, which is a sentence, adds the one that is needed."""
    assert [name for name, told in MESSAGES.items() if told.endswith(".")] == []
    for cls in vars(errors).values():
        if (
            inspect.isclass(cls)
            and issubclass(cls, SingleTableError)
            and cls is not SingleTableError
        ):
            assert cls.remedy.endswith(".")


def test_labels_speak_for_a_refused_write() -> None:
    """Of several, any may be the cause, so that code is given none."""
    draft, slug = Label("not-a-draft", "only a draft is sent"), Label("taken", "the slug is taken")
    one = ConditionFailed(entity="Post", key="k", labels=(draft,))
    assert (str(one), one.label) == ("only a draft is sent", draft)
    two = ConditionFailed(entity="Post", key="k", labels=(draft, slug))
    assert (str(two), two.label) == ("only a draft is sent; or the slug is taken", None)


@pytest.mark.parametrize(
    "error",
    [
        InvalidKeyValue(where="Post.key", field="slug", value="x" * 5000, reason="is too long"),
        UnstorableValue(where="Post.title", value="x" * 5000, reason="is too long"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_long_value_is_abridged(error: InvalidKeyValue | UnstorableValue) -> None:
    """In the text, with its length; the field of the error holds it whole."""
    assert len(str(error)) < 200
    assert "(5002 long) is too long" in str(error)
    assert len(str(copy.copy(error).value)) == 5000


def test_a_short_value_is_shown_whole() -> None:
    """As Python writes it."""
    error = InvalidKeyValue(where="Post.key", field="slug", value="a#b", reason="is bad")
    assert str(error) == "Post.key: slug='a#b' is bad"
