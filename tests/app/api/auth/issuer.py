"""A user pool's signing side, for tests: keys, their public set, tokens good and bad."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.padding import AsymmetricPadding

from app.services.sessions import Expected

URL = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_tests"
CLIENT = "3n4b5urk1ft4fl3mg5e62d9ado"
SUBJECT = "4c1d0a1e-0f4f-4f1a-9e4d-3b2c1a0f9e8d"
SESSION = "8b2f9c55-6a39-4a0f-8d51-7f1c2ad0a6b1"
LEEWAY = timedelta(seconds=30)
LIFE = timedelta(hours=1)
MISSING = object()


@cache
def rsa_key(number: int, bits: int = 2048) -> rsa.RSAPrivateKey:
    """The same key for the same number, made once in a run of tests."""
    return rsa.generate_private_key(65537, bits)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def in_base64url(number: int) -> str:
    return base64url(number.to_bytes((number.bit_length() + 7) // 8))


def compact(*parts: bytes) -> str:
    return ".".join(base64url(each) for each in parts)


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


class Issuer:
    """Signs with the last of its keys, unless told; `clock` says when tokens are issued."""

    def __init__(
        self, clock: Callable[[], datetime], url: str = URL, client_id: str = CLIENT
    ) -> None:
        self.clock = clock
        self.url = url
        self.client_id = client_id
        self.keys: dict[str, rsa.RSAPrivateKey] = {"key-1": rsa_key(1)}

    def expected(self, **changed: Any) -> Expected:
        return Expected(
            **{"issuer": self.url, "client_id": self.client_id, "leeway": LEEWAY} | changed
        )

    @property
    def kid(self) -> str:
        return list(self.keys)[-1]

    @property
    def public(self) -> rsa.RSAPublicKey:
        return self.keys[self.kid].public_key()

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        return {"keys": [public_jwk(kid, key) for kid, key in self.keys.items()]}

    def document(self) -> bytes:
        """What the address of the keys answers."""
        return as_json(self.jwks())

    def claims(self, **changed: object) -> dict[str, Any]:
        """An access token's, as the pool gives them; `MISSING` takes one away."""
        now = int(self.clock().timestamp())
        usual = {
            "sub": SUBJECT,
            "cognito:groups": ["fm-web:editor"],
            "iss": self.url,
            "client_id": self.client_id,
            "origin_jti": SESSION,
            "event_id": "b1d1a3c9-1111-4222-8333-444455556666",
            "token_use": "access",
            "scope": "aws.cognito.signin.user.admin",
            "auth_time": now,
            "exp": now + int(LIFE.total_seconds()),
            "iat": now,
            "jti": "2f8e1e0a-7c6b-4f5e-8f3e-0a1b2c3d4e5f",
            "username": "ada",
        }
        return {name: each for name, each in (usual | changed).items() if each is not MISSING}

    def id_claims(self, **changed: object) -> dict[str, Any]:
        """An id token's of the same sign-in."""
        others = {
            "client_id": MISSING,
            "username": MISSING,
            "scope": MISSING,
            "token_use": "id",
            "aud": self.client_id,
            "cognito:username": "ada",
            "custom:role": "fm-web:editor",
            "email": "ada@example.com",
            "email_verified": True,
            "at_hash": "q8w7e6r5t4y3u2i1o0p9aa",
        }
        return self.claims(**others | changed)

    def token(self, **changed: object) -> str:
        """An access token with other claims than the usual."""
        return self.sign(self.claims(**changed))

    def sign(self, claims: Mapping[str, object], **header: object) -> str:
        """Correctly signed, whatever the claims and further header members are."""
        return self.sign_bytes(self.header(**header), as_json(claims))

    def header(self, **changed: object) -> bytes:
        members = {"kid": self.kid, "alg": "RS256"} | changed
        return as_json({name: each for name, each in members.items() if each is not MISSING})

    def sign_bytes(
        self,
        header: bytes,
        payload: bytes,
        key: rsa.RSAPrivateKey | None = None,
        hash_: hashes.HashAlgorithm | None = None,
        pad: AsymmetricPadding | None = None,
    ) -> str:
        """Signed as RS256, or by another key, hash or padding, over any bytes at all."""
        signed = compact(header, payload)
        signature = (key or self.keys[self.kid]).sign(
            signed.encode(), pad or padding.PKCS1v15(), hash_ or hashes.SHA256()
        )
        return f"{signed}.{base64url(signature)}"


def public_jwk(kid: str, key: rsa.RSAPrivateKey) -> dict[str, str]:
    """The public half, with the members that the pool gives."""
    numbers = key.public_key().public_numbers()
    return {
        "alg": "RS256",
        "e": in_base64url(numbers.e),
        "kid": kid,
        "kty": "RSA",
        "n": in_base64url(numbers.n),
        "use": "sig",
    }
