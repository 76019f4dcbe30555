"""Cursors show nothing of the keys in them, and survive the replacement of a secret."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from singletable import AsyncRepository, Repository
from singletable.errors.request import InvalidCursor, InvalidOperation
from singletable.operations.reads.cursor import CursorSeal
from tests.singletable.clinic.design import clinic

OLD, NEW = b"the secret of last year", b"the secret of this year"
MAIL = "kim@example.com"
POSITION = {"PK": {"S": f"MEMBER#{MAIL}"}, "SK": {"S": "LOAN#dune"}, "N1": {"N": "4711"}}


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_nothing_readable_is_left_in_a_cursor() -> None:
    """No attribute's name, no type, no piece of three characters of any value."""
    decoded = raw(CursorSeal(NEW).seal([POSITION, True], b"binding of the query"))
    texts = [MAIL, "MEMBER#", "LOAN#dune", "4711", '"PK"', '{"S"', "true", "binding"]
    pieces = {text[at : at + 3].encode() for text in texts for at in range(len(text) - 2)}
    assert not [piece for piece in pieces if piece in decoded]


def test_two_cursors_of_one_place_have_nothing_in_common() -> None:
    """Nobody sees that two people stand at the same item."""
    one, other = (raw(CursorSeal(NEW).seal([POSITION], b"q")) for _ in range(2))
    assert one != other
    assert sum(a == b for a, b in zip(one, other, strict=True)) < len(one) // 8


@given(st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=40))
def test_the_length_of_a_cursor_does_not_tell_that_of_its_keys(name: str) -> None:
    """It grows in steps of 64 bytes."""
    text = CursorSeal(NEW).seal([{"PK": {"S": name}}], b"q")
    assert len(raw(text)) in {40 + 64, 40 + 128}
    shortest = CursorSeal(NEW).seal([{"PK": {"S": "k"}}], b"q")
    assert (len(text) == len(shortest)) == (len(name) <= 47)


def test_the_first_secret_encrypts_and_all_decrypt() -> None:
    """So a new one is put before the old one, and the old one is dropped when its cursors are."""
    before, between, after = CursorSeal(OLD), CursorSeal(NEW, OLD), CursorSeal(NEW)
    old, new = before.seal([POSITION], b"q"), between.seal([POSITION], b"q")
    assert between.open(old, b"q") == between.open(new, b"q") == after.open(new, b"q") == [POSITION]
    for seal, text in ((after, old), (before, new)):
        with pytest.raises(InvalidCursor):
            seal.open(text, b"q")
    with pytest.raises(InvalidCursor):
        between.open(old, b"other")


@pytest.mark.parametrize("length", range(60))
def test_a_cursor_that_was_cut_is_refused(length: int) -> None:
    """Also where nothing is left to decrypt, and where a piece of the tag is missing."""
    text = CursorSeal(NEW).seal([True], b"q")
    with pytest.raises(InvalidCursor):
        CursorSeal(NEW).open(text[:length], b"q")


@pytest.mark.parametrize(
    "secret",
    [
        "a text of more than 16 signs",
        b"",
        b"fifteen bytes..",
        (),
        [],
        (NEW, b"short"),
        (NEW, "a text of more than 16 signs"),
        [None],
        (None,),
        {NEW},
        bytearray(NEW),
        32,
        True,
    ],
    ids=repr,
)
@pytest.mark.parametrize("kind", [Repository, AsyncRepository])
def test_a_secret_that_could_not_be_used_is_refused_at_once(kind: Any, secret: Any) -> None:
    """When the repository is made, not at the first page."""
    with pytest.raises(InvalidOperation) as refused:
        kind(lambda *_: {}, clinic, cursor_secret=secret)
    assert refused.value.where == "repository"
    assert "secret of this year" not in str(refused.value)


@pytest.mark.parametrize("secret", [None, NEW, b"x" * 16, (NEW,), [NEW, OLD]], ids=repr)
def test_a_repository_takes_one_secret_or_several(secret: Any) -> None:
    """Or none, for cursors of this process alone."""
    Repository(lambda *_: {}, clinic, cursor_secret=secret)


def test_a_cursor_is_aes_gcm_under_a_key_of_its_own_by_hkdf() -> None:
    """As another implementation of RFC 5869 derives it from secret and salt."""
    sealed = raw(CursorSeal(NEW).seal([POSITION], b"binding"))
    salt, nonce, encrypted = sealed[:12], sealed[12:24], sealed[24:]
    label = b"singletable cursor"
    key = HKDF(SHA256(), length=32, salt=label, info=label + salt).derive(NEW)
    assert json.loads(AESGCM(key).decrypt(nonce, encrypted, b"binding")) == [POSITION]
