"""Only what the user pool signed for us opens anything; all else is refused, and in one way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import app
from app.adapters.jwt import JwtVerifier, SigningKeys
from app.core.context import utc_now
from app.core.problems import Unavailable
from app.services.sessions import Claims, TokenRefused
from model import Role, SessionId, UserId
from tests.app.api.auth.emulated_pool import signed_in
from tests.app.api.auth.hostile import fits_a_header, hostile
from tests.app.api.auth.issuer import LIFE, SESSION, SUBJECT, Issuer, rsa_key
from tests.backends import Clock

HOSTILE = hostile()
CLOCK = Clock()
ISSUER = Issuer(CLOCK)
GOOD = ISSUER.token()


def verifier_of(issuer: Issuer, **expected: object) -> JwtVerifier:
    keys = SigningKeys(issuer.url, lambda _: issuer.document())
    return JwtVerifier(issuer.expected(**expected), keys, issuer.clock)


VERIFIER = verifier_of(ISSUER)


def refusal(token: str, verifier: JwtVerifier = VERIFIER) -> str | None:
    """The reason; None if the token is taken."""
    try:
        verifier.verify(token)
    except TokenRefused as refused:
        return refused.reason
    return None


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_tokens_are_refused(name: str) -> None:
    """Each for its own reason, so that none is refused by chance; and with no other exception."""
    assert refusal(HOSTILE[name].make(ISSUER)) == HOSTILE[name].reason


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_tokens_are_refused_for_a_refresh_as_well(name: str) -> None:
    """`expired_ok` forgives one thing only."""
    token, reason = HOSTILE[name].make(ISSUER), HOSTILE[name].reason
    if reason == "expired":
        assert VERIFIER.verify(token, expired_ok=True).subject == SUBJECT
        return
    with pytest.raises(TokenRefused) as caught:
        VERIFIER.verify(token, expired_ok=True)
    assert caught.value.reason == reason


def test_the_hostile_tokens_are_many_and_distinct() -> None:
    """No two are the same attack under two names, and most can be sent over HTTP."""
    tokens = {each.make(ISSUER) for each in HOSTILE.values()}
    assert len(tokens) == len(HOSTILE) > 150
    assert sum(map(fits_a_header, tokens)) > 140


def test_a_refusal_tells_nothing_of_the_token() -> None:
    """The reason is a slug out of our own words."""
    for each in HOSTILE.values():
        assert re.fullmatch(r"[a-z0-9_-]{2,20}", each.reason)
    assert str(TokenRefused("expired")) == "token refused: expired"


def test_a_refusal_hides_what_the_library_said() -> None:
    """No exception of the library is shown in a trace of the refusal."""
    with pytest.raises(TokenRefused) as caught:
        VERIFIER.verify(HOSTILE["signature: truncated"].make(ISSUER))
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "roles",
    [[], [Role.VIEWER], [Role.VIEWER, Role.EDITOR], [Role.VIEWER, Role.EDITOR, Role.ADMIN]],
)
def test_an_access_token_becomes_claims(roles: list[Role]) -> None:
    """Identity, session, roles, and when it began and ends."""
    now = CLOCK().replace(microsecond=0)
    assert VERIFIER.verify(ISSUER.token(**{"cognito:groups": roles})) == Claims(
        subject=UserId(SUBJECT),
        session_id=SessionId(SESSION),
        roles=frozenset(roles),
        token_id="2f8e1e0a-7c6b-4f5e-8f3e-0a1b2c3d4e5f",
        username="ada",
        issued_at=now,
        authenticated_at=now,
        expires_at=now + LIFE,
    )


def test_a_type_in_the_header_is_allowed() -> None:
    """`typ` may say what the token is."""
    assert VERIFIER.verify(ISSUER.sign(ISSUER.claims(), typ="JWT")).subject == SUBJECT


def test_an_id_token_is_taken_where_one_is_expected() -> None:
    """By a verifier of its own, which takes no access token in turn."""
    verifier = verifier_of(ISSUER, use="id")
    assert verifier.verify(ISSUER.sign(ISSUER.id_claims())).session_id == SESSION
    assert refusal(GOOD, verifier) == "token_use"


def test_the_longest_token_is_still_taken() -> None:
    """8192 characters, and not one more."""
    spare = (8192 - len(ISSUER.token(x=""))) * 3 // 4
    tokens = [
        ISSUER.sign(ISSUER.claims(x="y" * size), **typ)
        for size in range(spare - 25, spare + 5)
        for typ in ({}, {"typ": "JWT"})
    ]
    sized = {len(token): token for token in tokens}
    assert refusal(sized[8192]) is None
    assert refusal(sized[8193]) == "size"


def test_an_expired_token_is_known_for_a_refresh() -> None:
    """It is refused otherwise, and its other claims are checked all the same."""
    clock = Clock()
    token, verifier = Issuer(clock).token(), verifier_of(Issuer(clock))
    clock.tick(days=3)
    assert refusal(token, verifier) == "expired"
    assert verifier.verify(token, expired_ok=True).subject == SUBJECT


def test_each_key_of_the_set_signs_under_its_own_name() -> None:
    """A token signed by one key of the set under the name of another is refused."""
    issuer = Issuer(CLOCK)
    issuer.keys["key-2"] = rsa_key(2)
    verifier = verifier_of(issuer)
    assert refusal(issuer.token(), verifier) is None
    assert refusal(GOOD, verifier) is None
    assert refusal(issuer.sign(issuer.claims(), kid="key-1"), verifier) == "signature"


def test_a_key_replaced_under_its_name_is_replaced() -> None:
    """What is built from keys is remembered by the key, not by its name."""
    other = Issuer(CLOCK)
    other.keys["key-1"] = rsa_key(2)
    assert refusal(other.token(), verifier_of(other)) is None
    assert refusal(GOOD, verifier_of(other)) == "signature"


def test_without_keys_nothing_is_said_about_a_token() -> None:
    """It is not refused, for it may be good."""

    def broken(_: str) -> bytes:
        raise OSError("no route")

    verifier = JwtVerifier(ISSUER.expected(), SigningKeys(ISSUER.url, broken), CLOCK)
    with pytest.raises(Unavailable):
        verifier.verify(GOOD)


def test_a_malformed_token_asks_for_no_keys() -> None:
    """What is refused for its form causes no traffic."""
    fetched: list[str] = []

    def fetch(url: str) -> bytes:
        fetched.append(url)
        return ISSUER.document()

    verifier = JwtVerifier(ISSUER.expected(), SigningKeys(ISSUER.url, fetch), CLOCK)
    for name in ("form: empty", "header: jku", "algorithm: none", "header: kid a list"):
        assert refusal(HOSTILE[name].make(ISSUER), verifier) == HOSTILE[name].reason
    assert fetched == []


CHARACTERS = st.one_of(
    st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n"),
    st.characters(),
)


@settings(max_examples=1000, deadline=None)
@given(st.integers(0, len(GOOD) - 1), CHARACTERS)
def test_a_token_with_another_character_is_refused(at: int, character: str) -> None:
    """Whichever of its characters is replaced, by whatever."""
    token = GOOD[:at] + character + GOOD[at + 1 :]
    assert (refusal(token) is None) == (token == GOOD)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(GOOD)), st.text(CHARACTERS, max_size=5), st.integers(0, 5))
def test_a_token_with_more_or_fewer_characters_is_refused(at: int, more: str, less: int) -> None:
    """Whatever is put in or taken out."""
    token = GOOD[:at] + more + GOOD[at + less :]
    assert (refusal(token) is None) == (token == GOOD)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.binary(), st.lists(st.binary(), min_size=3, max_size=3).map(b".".join)))
def test_any_bytes_are_refused(sent: bytes) -> None:
    """And cause no other exception."""
    assert refusal(sent.decode("latin-1")) is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = sorted(ISSUER.claims())


@settings(max_examples=500, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=3), JSON)
def test_any_signed_claims_are_taken_or_refused(claims: dict[str, object], extra: object) -> None:
    """Nothing that JSON can say causes another exception."""
    reason = refusal(ISSUER.token(**claims, extra=extra))
    assert reason is None or re.fullmatch(r"[a-z0-9_-]+", reason)


def test_one_module_knows_the_library() -> None:
    """What python-jose lets pass is known, and closed, in one place."""
    root = Path(app.__file__).parent
    importing = [
        path.relative_to(root).as_posix()
        for path in sorted(root.rglob("*.py"))
        if re.search(r"^\s*(from|import)\s+jose\b|[\"']jose\b", path.read_text(), re.MULTILINE)
    ]
    assert importing == ["adapters/jwt.py"]


def test_tokens_of_an_emulated_pool_are_taken() -> None:
    """moto's user pool, which local stages use, issues both kinds; each opens its own door."""
    signed = signed_in(group=Role.EDITOR)
    issuer = Issuer(utc_now, url=signed.issuer, client_id=signed.client_id)
    keys = SigningKeys(signed.issuer, lambda _: signed.key_set)
    for use, token in (("access", signed.access_token), ("id", signed.id_token)):
        claims = JwtVerifier(issuer.expected(use=use), keys, utc_now).verify(token)
        assert (claims.subject, claims.roles) == (signed.subject, {Role.EDITOR})
        assert (claims.username, claims.expires_at - claims.issued_at) == ("ada", LIFE)
