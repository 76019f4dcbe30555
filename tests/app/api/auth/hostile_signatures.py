"""Hostile tokens: other algorithms, other keys, signatures of something else."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.padding import AsymmetricPadding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.app.api.auth.hostile import named
from tests.app.api.auth.hostile_forms import Make, changed, header, part
from tests.app.api.auth.issuer import (
    MISSING,
    Issuer,
    as_json,
    base64url,
    compact,
    public_jwk,
    rsa_key,
)


def unsigned(alg: object) -> Make:
    return lambda issuer: compact(issuer.header(alg=alg), as_json(issuer.claims()), b"signature")


def with_secret(secret: Callable[[Issuer], bytes], alg: str = "HS256") -> Make:
    """The public key taken for a shared secret."""

    def make(issuer: Issuer) -> str:
        signed = compact(issuer.header(alg=alg), as_json(issuer.claims()))
        mac = hmac.digest(secret(issuer), signed.encode(), hashlib.sha256)
        return f"{signed}.{base64url(mac)}"

    return make


def key_bytes(encoding: Encoding, form: PublicFormat) -> Callable[[Issuer], bytes]:
    return lambda issuer: issuer.public.public_bytes(encoding, form)


PEM = key_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DER = key_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
PKCS1 = key_bytes(Encoding.PEM, PublicFormat.PKCS1)
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)


def otherwise(
    alg: str, hash_: hashes.HashAlgorithm | None = None, pad: AsymmetricPadding | None = None
) -> Make:
    """Signed by the right key in another way."""
    return lambda issuer: issuer.sign_bytes(
        issuer.header(alg=alg), as_json(issuer.claims()), hash_=hash_, pad=pad
    )


def elliptic(issuer: Issuer) -> str:
    signed = compact(issuer.header(alg="ES256"), as_json(issuer.claims()))
    key = ec.generate_private_key(ec.SECP256R1())
    return f"{signed}.{base64url(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))}"


def by_stranger(**members: object) -> Make:
    return lambda issuer: issuer.sign_bytes(
        issuer.header(**members), as_json(issuer.claims()), rsa_key(2)
    )


def mixed(number: int) -> Make:
    """One part of another valid token."""

    def make(issuer: Issuer) -> str:
        later = int((issuer.clock() + timedelta(hours=2)).timestamp())
        parts = issuer.sign(issuer.claims()).split(".")
        parts[number] = issuer.sign(issuer.claims(exp=later), typ="JWT").split(".")[number]
        return ".".join(parts)

    return make


def promoted(issuer: Issuer) -> str:
    """The payload edited after it was signed."""
    head, _, signature = issuer.token().split(".")
    payload = as_json(issuer.claims(**{"cognito:groups": ["fm-web:admin"]}))
    return f"{head}.{base64url(payload)}.{signature}"


ALGORITHMS = {
    "none": ("alg", unsigned("none")),
    "None": ("alg", unsigned("None")),
    "NONE": ("alg", unsigned("NONE")),
    "nOnE": ("alg", unsigned("nOnE")),
    "none and a space": ("alg", unsigned("none ")),
    "none without a signature": (
        "parts",
        lambda issuer: compact(issuer.header(alg="none"), as_json(issuer.claims())) + ".",
    ),
    "empty": ("alg", unsigned("")),
    "null": ("alg", unsigned(None)),
    "missing": ("alg", header(alg=MISSING)),
    "a list": ("alg", header(alg=["RS256"])),
    "true": ("alg", header(alg=True)),
    "in small letters": ("alg", header(alg="rs256")),
    "and a space": ("alg", header(alg="RS256 ")),
    "and a NUL": ("alg", header(alg="RS256\0")),
    "HS256 by PEM": ("alg", with_secret(PEM)),
    "HS256 by stripped PEM": ("alg", with_secret(lambda issuer: PEM(issuer).strip())),
    "HS256 by PKCS 1": ("alg", with_secret(PKCS1)),
    "HS256 by DER": ("alg", with_secret(DER)),
    "HS256 by JWK": (
        "alg",
        with_secret(lambda issuer: as_json(public_jwk(issuer.kid, issuer.keys[issuer.kid]))),
    ),
    "HS256 by the key set": ("alg", with_secret(lambda issuer: issuer.document())),
    "HS256 by an empty key": ("alg", with_secret(lambda _: b"")),
    "HS256 by kid": ("alg", with_secret(lambda issuer: issuer.kid.encode())),
    "HS256 called RS256": ("signature", with_secret(PEM, "RS256")),
    "HS256 by DER called RS256": ("signature", with_secret(DER, "RS256")),
    "RS384": ("alg", otherwise("RS384", hashes.SHA384())),
    "RS512": ("alg", otherwise("RS512", hashes.SHA512())),
    "PS256": ("alg", otherwise("PS256", pad=PSS)),
    "ES256": ("alg", elliptic),
    "EdDSA": ("alg", unsigned("EdDSA")),
    "RS512 called RS256": ("signature", otherwise("RS256", hashes.SHA512())),
    "SHA-1 called RS256": ("signature", otherwise("RS256", hashes.SHA1())),  # noqa: S303 - hostile
    "PS256 called RS256": ("signature", otherwise("RS256", pad=PSS)),
}
SIGNATURES = {
    "another issuer's key": ("kid-unknown", by_stranger(kid="their-key")),
    "another issuer's key under our kid": ("signature", by_stranger()),
    "truncated": ("signature", part(2, lambda text: text[:-2])),
    "one byte": ("signature", part(2, lambda _: "AA")),
    "zeros": ("signature", part(2, lambda _: base64url(bytes(256)))),
    "ones": ("signature", part(2, lambda _: base64url(b"\xff" * 256))),
    "the modulus": (
        "signature",
        lambda issuer: (
            issuer.token().rpartition(".")[0]
            + "."
            + base64url(issuer.public.public_numbers().n.to_bytes(256))
        ),
    ),
    "longer": ("signature", part(2, lambda text: base64url(b"\0") + text)),
    "twice": ("signature", part(2, lambda text: text + "AA" + text)),
    "of another token": ("signature", mixed(2)),
    "another token's payload": ("signature", mixed(1)),
    "another token's header": ("signature", mixed(0)),
    "an edited payload": ("signature", promoted),
    "the payload as signature": (
        "signature",
        changed(lambda token: ".".join([*token.split(".")[:2], token.split(".")[1]])),
    ),
}
ALL = named("algorithm", ALGORITHMS) | named("signature", SIGNATURES)
