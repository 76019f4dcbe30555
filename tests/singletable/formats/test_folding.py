"""Text that people type, folded: what looks the same is one key."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singletable import Table, attr, create, unique
from singletable.errors import InvalidOperation, UniqueTaken
from singletable.formats import escaped_text, text
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import item_of, make, sent

SAME = [
    ("José", "Jose\u0301"),
    ("Straße", "STRASSE"),
    ("ΟΔΟΣ", "οδος"),
    ("ΟΔΟΣ", "οδοσ"),
    ("Kim", "kim "),
    ("Kim", "\u00a0kim\n"),
    ("Kim Lee", "kim  \t lee"),
    ("Kim", "k\u200bim"),
    ("Kim", "\ufeffkim"),
    ("Kim", "ki\u00adm"),
    ("Kim", "kim\u202e"),
    ("\u1fb3", "\u03b1\u03b9"),
    ("Å", "\u212b"),
    ("İ", "i\u0307"),
]
COMPATIBLE = [("²", "2"), ("\uff2b\uff49\uff4d", "kim"), ("℃", "°c"), ("Ⅳ", "iv")]
APART = [("José", "Jose"), ("Kim", "K im"), ("\u0131", "i"), ("\u0430", "a"), ("ö", "o")]


@pytest.mark.parametrize("fold", ["nfc", "nfkc"])
@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_that_look_the_same_are_one(fold: Any, one: str, other: str) -> None:
    """Composed or not, in any case, with blanks at the ends or characters that nobody sees."""
    format_ = text(fold=fold)
    assert format_.encode(one) == format_.encode(other)


@pytest.mark.parametrize(("one", "other"), COMPATIBLE)
def test_compatible_characters_are_one_in_nfkc_alone(one: str, other: str) -> None:
    """Ligatures, powers, wide letters."""
    assert text(fold="nfkc").encode(one) == text(fold="nfkc").encode(other)
    assert text(fold="nfc").encode(one) != text(fold="nfc").encode(other)


@pytest.mark.parametrize("fold", ["nfc", "nfkc"])
@pytest.mark.parametrize(("one", "other"), APART)
def test_letters_that_only_resemble_each_other_stay_apart(fold: Any, one: str, other: str) -> None:
    """Accents are kept, and so are the letters of other scripts."""
    assert text(fold=fold).encode(one) != text(fold=fold).encode(other)


@pytest.mark.parametrize("make_format", [text, escaped_text])
@pytest.mark.parametrize("fold", ["nfc", "nfkc"])
@given(typed=st.text(min_size=1, max_size=6))
def test_folding_twice_changes_nothing_more(make_format: Any, fold: Any, typed: str) -> None:
    """So what is stored is what is asked for; and the key is read back as the field."""
    format_ = make_format(fold=fold)
    try:
        folded = format_.accept(typed)
        encoded = format_.encode(typed)
    except ValueError:
        return
    assert format_.accept(folded) == folded
    assert format_.encode(folded) == encoded
    assert format_.decode(encoded) == folded
    assert format_.accept(unicodedata.normalize("NFD", typed)) == folded


@pytest.mark.parametrize("value", [" ", "\u200b", "\ufeff \u00ad", ""])
def test_text_of_which_nothing_is_left_is_empty(value: str) -> None:
    """A title of zero-width characters alone is none."""
    with pytest.raises(ValueError, match="is empty"):
        text(fold="nfc").accept(value)


@pytest.mark.parametrize("typed", ["Kim", "Jose\u0301", "kim ", "a\u200b"])
def test_text_that_is_not_folded_is_not_read(typed: str) -> None:
    """One value, one text."""
    with pytest.raises(ValueError, match="is not folded"):
        text(fold="nfc").decode(typed)


def test_bytes_are_counted_after_folding() -> None:
    """`ß` becomes `ss`, `e` and its accent one letter."""
    assert text(fold="nfc", max_bytes=2).encode("e\u0301") == "é"
    with pytest.raises(ValueError, match="has 3 bytes, more than 2"):
        text(fold="nfc", max_bytes=2).encode("ßa")


@pytest.mark.parametrize(
    "options", [{"fold": "nfd"}, {"fold": True}, {"fold": "nfc", "lower": True}]
)
def test_other_folds_are_refused(options: Any) -> None:
    """When the format is made."""
    with pytest.raises(ValueError, match="fold="):
        text(**options)


def account(table: Table) -> Any:
    fields = {
        "number": str,
        "name": Annotated[str, text(fold="nfc")],
        "key": table.primary.key("ACCOUNT#{number}", "{name}"),
        "one": unique("name"),
    }
    return make(table, fields, "Account")


def test_field_key_query_and_condition_agree() -> None:
    """All have the folded text."""
    entity = account(Table("clinic"))
    item = item_of(entity(number="1", name=" José "))
    assert item["name"] == item["SK"] == {"S": "josé"}
    assert sent(entity.key.get(number="1", name="JOSE\u0301"))["Key"]["SK"] == {"S": "josé"}
    query = entity.key.query(number="1")
    for asked in (query.at_least(name="JOSÉ"), query.between(name=("JOSÉ", "JOSÉ "))):
        assert {"S": "josé"} in sent(asked)["ExpressionAttributeValues"].values()
    one = Table("clinic")
    fields = {
        "n": str,
        "name": Annotated[str, text(fold="nfc")],
        "key": one.primary.key("{n}", "A"),
    }
    filtered = sent(make(one, fields).key.query(n="1").where(attr("name").equals(" JOSÉ ")))
    assert {"S": "josé"} in filtered["ExpressionAttributeValues"].values()


def test_a_name_is_taken_in_every_spelling(open_backend: OpenBackend) -> None:
    """The unique item has the folded text."""
    table = Table("clinic")
    entity = account(table)
    db = open_backend(table)
    db.repository.write(create(entity(number="1", name="Straße")))
    with pytest.raises(UniqueTaken):
        db.repository.write(create(entity(number="2", name=" STRASSE\u200b")))


def test_ranges_reach_beyond_u_ffff_and_refuse_the_greatest_character() -> None:
    """Which closes ranges, so no key has it."""
    table = Table("clinic")
    fields = {"ward": str, "name": str, "key": table.primary.key("{ward}", "{name}")}
    entity = make(table, fields)
    query = entity.key.query(ward="w").at_least(name="\U0001f600")
    assert {"S": "\U0001f600"} in sent(query)["ExpressionAttributeValues"].values()
    with pytest.raises(ValueError, match="U\\+10FFFF"):
        text().encode("a\U0010ffff")
    with pytest.raises(Exception, match="U\\+10FFFF") as caught:
        sent(entity.key.query(ward="w").at_most(name="\U0010ffff"))
    assert not isinstance(caught.value, InvalidOperation)
