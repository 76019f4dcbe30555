"""Of a key set, only sound RSA keys for RS256 are used, and an ambiguous set is not used at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.jwt import SigningKey, parse_key_set
from app.core.strict_json import Unreadable
from tests.app.api.auth.issuer import MISSING, as_json, in_base64url, public_jwk, rsa_key

GOOD = public_jwk("key-1", rsa_key(1))
MODULUS = rsa_key(1).public_key().public_numbers().n


def jwk(**changed: object) -> dict[str, object]:
    return {name: each for name, each in (GOOD | changed).items() if each is not MISSING}


def key_set(*keys: object) -> bytes:
    return as_json({"keys": keys})


def reason(document: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        parse_key_set(document)
    return caught.value.reason


@pytest.mark.parametrize(
    "changed", [{}, {"use": MISSING}, {"alg": MISSING}, {"x5t": "x"}, {"kid": "k" * 128}]
)
def test_rsa_keys_that_may_sign_are_used(changed: dict[str, object]) -> None:
    """`use` and `alg` may be absent; further members are of no interest."""
    kid = str(changed.get("kid", "key-1"))
    assert parse_key_set(key_set(jwk(**changed))) == {kid: SigningKey(kid, GOOD["n"], GOOD["e"])}


def test_the_private_half_is_not_kept() -> None:
    """Whoever publishes one by mistake doesn't have it spread by us."""
    assert "secret" not in repr(parse_key_set(key_set(jwk(d="secret"))))


UNUSED = {
    "another kind": jwk(kty="EC"),
    "a shared secret": {"kty": "oct", "kid": "key-1", "k": "c2VjcmV0", "alg": "HS256"},
    "for encryption": jwk(use="enc"),
    "use null": jwk(use=None),
    "another hash": jwk(alg="RS512"),
    "another padding": jwk(alg="PS256"),
    "HS256": jwk(alg="HS256"),
    "no kid": jwk(kid=MISSING),
    "an empty kid": jwk(kid=""),
    "a kid that is a number": jwk(kid=1),
    "a long kid": jwk(kid="k" * 129),
    "no modulus": jwk(n=MISSING),
    "a modulus that is a number": jwk(n=MODULUS % 10**15),
    "a padded modulus": jwk(n=GOOD["n"] + "="),
    "an empty modulus": jwk(n=""),
    "an even modulus": jwk(n=in_base64url(MODULUS + 1)),
    "a short modulus": jwk(n=in_base64url(2**2046 + 1)),
    "1024 bits": public_jwk("key-1", rsa_key(1, bits=1024)),
    "8193 bits": jwk(n=in_base64url(2**8192 + 1)),
    "no exponent": jwk(e=MISSING),
    "exponent 1": jwk(e=in_base64url(1)),
    "exponent 3": jwk(e=in_base64url(3)),
    "an even exponent": jwk(e=in_base64url(65538)),
    "a huge exponent": jwk(e=in_base64url(2**32 + 1)),
    "a text": "key-1",
    "null": None,
    "a list": [GOOD],
}


@pytest.mark.parametrize("name", UNUSED)
def test_other_keys_are_left_out(name: str) -> None:
    """They don't spoil the good key beside them, and without one there are no keys."""
    beside = public_jwk("key-2", rsa_key(2))
    assert list(parse_key_set(key_set(UNUSED[name], beside))) == ["key-2"]
    assert reason(key_set(UNUSED[name])) == "no-keys"


def test_two_keys_of_one_name_spoil_the_set() -> None:
    """Which of them signs can't be known."""
    other = public_jwk("key-1", rsa_key(2))
    assert reason(key_set(GOOD, other)) == "duplicate-kid"
    assert reason(key_set(GOOD, GOOD)) == "duplicate-kid"


def test_a_set_has_twenty_keys_at_most() -> None:
    """More is not what a user pool publishes."""
    many = [public_jwk(f"key-{number}", rsa_key(1)) for number in range(21)]
    assert len(parse_key_set(key_set(*many[:20]))) == 20
    assert reason(key_set(*many)) == "too-many-keys"


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"", "json"),
        (b"[]", "object"),
        (b"{}", "keys"),
        (b'{"keys": {}}', "keys"),
        (b'{"keys": null}', "keys"),
        (b'{"keys": []}', "no-keys"),
        (b'{"keys": [], "keys": []}', "duplicate"),
        (b'{"keys": [{"kid": "a", "kid": "b"}]}', "duplicate"),
        (b'{"keys": [NaN]}', "number"),
        (b"\xff", "utf-8"),
    ],
)
def test_what_is_no_key_set_is_refused(document: bytes, why: str) -> None:
    """Whole, with the reason."""
    assert reason(document) == why


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(sorted(GOOD)), JSON, max_size=3))
def test_any_member_is_used_or_left_out(changed: dict[str, object]) -> None:
    """Nothing that JSON can say causes another exception."""
    try:
        assert len(parse_key_set(key_set(jwk(**changed)))) == 1
    except Unreadable as unreadable:
        assert unreadable.reason in {"no-keys", "depth", "number"}
