"""What the table has of a keyed request tells nothing without the client's key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.idempotency import Answer, Secrets, UnreadableAnswer
from model import IdempotencyRecordId

SECRET, KEY = b"a secret of the tests alone, 32+", "order-2026-11"
NAME = IdempotencyRecordId("0" * 64)
made = Secrets(SECRET)
lines = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=20)
answers = st.builds(
    Answer,
    st.integers(200, 399),
    st.lists(st.tuples(st.sampled_from(["etag", "location", "set-cookie"]), lines)).map(tuple),
    st.binary(max_size=300),
)


@given(answers)
def test_an_answer_comes_back_as_it_was(answer: Answer) -> None:
    """Packed, sealed, opened and parsed; its body may hold any bytes."""
    sealed = made.encrypt(answer.pack(), KEY, NAME)
    assert Answer.unpack(made.decrypt(sealed, KEY, NAME)) == answer


def test_sealing_hides_and_never_repeats() -> None:
    """Neither the body nor the key is in it; twice the same is sealed differently."""
    one, two = (made.encrypt(b"a token of somebody", KEY, NAME) for _ in range(2))
    assert one != two
    for hidden in (b"token", KEY.encode()):
        assert hidden not in one


@pytest.mark.parametrize("at", [0, 12, 20, -1])
def test_a_changed_answer_is_not_read(at: int) -> None:
    """One bit anywhere: in the nonce, the text or the tag."""
    sealed = bytearray(made.encrypt(b"an answer to somebody", KEY, NAME))
    sealed[at] ^= 1
    with pytest.raises(UnreadableAnswer):
        made.decrypt(bytes(sealed), KEY, NAME)


def test_only_the_same_key_secret_and_request_open_it() -> None:
    """Another of any of them is refused, and so is what is too short to be one."""
    sealed = made.encrypt(b"an answer", KEY, NAME)
    for secrets, key, name in (
        (Secrets(SECRET[::-1]), KEY, NAME),
        (made, KEY.upper(), NAME),
        (made, KEY, IdempotencyRecordId("1" * 64)),
    ):
        with pytest.raises(UnreadableAnswer):
            secrets.decrypt(sealed, key, name)
    with pytest.raises(UnreadableAnswer):
        made.decrypt(b"short", KEY, NAME)


def test_names_and_prints_depend_on_every_part() -> None:
    """And on where one part ends and the next begins."""
    assert (
        len(
            {
                made.identify("a", ["b", "c"]),
                made.identify("a", ["bc"]),
                made.identify("a", "b", "c"),
            }
        )
        == 3
    )
    assert made.identify("a", ["b"]) == Secrets(SECRET).identify("a", ["b"])
    assert (
        len(
            {made.fingerprint(b"ab", b"c"), made.fingerprint(b"a", b"bc"), made.fingerprint(b"abc")}
        )
        == 3
    )
    assert made.identify("a") != Secrets(SECRET[::-1]).identify("a")
