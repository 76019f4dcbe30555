"""Hostile tokens: what they look like, and what their headers ask for."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.app.api.auth.hostile import named
from tests.app.api.auth.issuer import (
    MISSING,
    Issuer,
    as_json,
    base64url,
    compact,
    public_jwk,
    rsa_key,
)

Make = Callable[[Issuer], str]


def good(issuer: Issuer) -> str:
    return issuer.token()


def changed(change: Callable[[str], str]) -> Make:
    return lambda issuer: change(good(issuer))


def part(number: int, change: Callable[[str], str]) -> Make:
    def make(issuer: Issuer) -> str:
        parts = good(issuer).split(".")
        parts[number] = change(parts[number])
        return ".".join(parts)

    return make


def header(**members: object) -> Make:
    """Well signed, under another header."""
    return lambda issuer: issuer.sign(issuer.claims(), **members)


def header_text(text: str | bytes) -> Make:
    raw = text.encode() if isinstance(text, str) else text
    return lambda issuer: issuer.sign_bytes(raw, as_json(issuer.claims()))


def own_key(**members: object) -> Make:
    """Signed with a key that the token itself brings along."""

    def make(issuer: Issuer) -> str:
        brought = issuer.header(**members | {"jwk": public_jwk("key-1", rsa_key(2))})
        return issuer.sign_bytes(brought, as_json(issuer.claims()), rsa_key(2))

    return make


def certificate(issuer: Issuer) -> str:
    der = rsa_key(2).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return issuer.sign_bytes(
        issuer.header(x5c=[base64url(der)]), as_json(issuer.claims()), rsa_key(2)
    )


def encrypted(**members: object) -> Make:
    head = {"alg": "RSA-OAEP", "enc": "A256GCM", "kid": "key-1"} | members
    return lambda _: compact(as_json(head), b"key" * 80, b"vector", b"x" * 2000, b"tag")


def spare_bits(signature: str) -> str:
    """The same bytes in another spelling: the last letter's unused bits are set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return signature[:-1] + alphabet[alphabet.index(signature[-1]) | 1]


FORMS = {
    "empty": ("parts", lambda _: ""),
    "one part": ("parts", changed(lambda token: token.replace(".", ""))),
    "two parts": ("parts", changed(lambda token: token.rpartition(".")[0])),
    "four parts": ("parts", changed(lambda token: token + ".e30")),
    "five parts": ("parts", encrypted()),
    "five parts, a zip bomb": ("parts", encrypted(zip="DEF")),
    "dots alone": ("parts", lambda _: ".."),
    "no header": ("parts", part(0, lambda _: "")),
    "no payload": ("parts", part(1, lambda _: "")),
    "no signature": ("parts", part(2, lambda _: "")),
    "wide dots": ("parts", changed(lambda token: token.replace(".", "\uff0e"))),
    "8193 characters": ("size", changed(lambda token: token + "A" * (8193 - len(token)))),
    "a megabyte": ("size", changed(lambda token: token * 1000)),
    "a thousand dots": ("parts", lambda _: "." * 1000),
    "padded": ("base64url", changed(lambda token: token + "==")),
    "a padded header": ("base64url", part(0, lambda head: head + "=")),
    "a leading space": ("base64url", changed(lambda token: " " + token)),
    "a trailing newline": ("base64url", changed(lambda token: token + "\n")),
    "a tab inside": ("base64url", part(1, lambda text: text[:9] + "\t" + text[9:])),
    "a NUL": ("base64url", changed(lambda token: token + "\0")),
    "a scheme before it": ("base64url", changed(lambda token: "Bearer " + token)),
    "a letter not of ASCII": ("base64url", part(1, lambda text: "\u0435" + text[1:])),
    "half a surrogate pair": ("base64url", part(1, lambda text: "\ud800" + text[1:])),
    "digits of another script": ("base64url", part(2, lambda text: "\u0661" + text[1:])),
    "the other alphabet": ("base64url", part(2, lambda text: "+/" + text[2:])),
    "a left-over letter": ("base64url", part(2, lambda text: text + "AAA")),
    "spare bits": ("base64url", part(2, spare_bits)),
    "quoted": ("base64url", changed(lambda token: f'"{token}"')),
}
HEADERS = {
    "a list": ("header-object", header_text('["RS256"]')),
    "a text": ("header-object", header_text('"RS256"')),
    "null": ("header-object", header_text("null")),
    "no JSON": ("header-json", header_text("{'alg':'RS256'}")),
    "two objects": ("header-json", header_text('{"alg":"RS256","kid":"key-1"}{}')),
    "a byte order mark": ("header-json", header_text('\ufeff{"alg":"RS256","kid":"key-1"}')),
    "not UTF-8": ("header-utf-8", header_text(b'{"alg":"RS256","kid":"\xff"}')),
    "alg twice": ("header-duplicate", header_text('{"alg":"none","alg":"RS256","kid":"key-1"}')),
    "kid twice": ("header-duplicate", header_text('{"alg":"RS256","kid":"x","kid":"key-1"}')),
    "kid twice, once escaped": (
        "header-duplicate",
        header_text('{"alg":"RS256","k\\u0069d":"x","kid":"key-1"}'),
    ),
    "NaN": ("header-number", header_text('{"alg":"RS256","kid":NaN}')),
    "nested deeply": ("header-depth", header_text('{"kid":' + "[" * 9 + "]" * 9 + "}")),
    "nested beyond recursion": ("header-depth", header_text("[" * 4000)),
    "crit": ("header-member", header(crit=["exp"])),
    "crit, b64": ("header-member", header(crit=["b64"], b64=False)),
    "jku": ("header-member", header(jku="https://attacker.example/jwks.json")),
    "x5u": ("header-member", header(x5u="https://attacker.example/cert.pem")),
    "x5c": ("header-member", certificate),
    "jwk": ("header-member", own_key()),
    "jwk without kid": ("header-member", own_key(kid=MISSING)),
    "zip": ("header-member", header(zip="DEF")),
    "enc": ("header-member", header(enc="A256GCM")),
    "a nested token": ("header-member", header(cty="JWT")),
    "an unknown member": ("header-member", header(role="fm-web:admin")),
    "typ of encrypted tokens": ("typ", header(typ="JWE")),
    "typ of other tokens": ("typ", header(typ="logout+jwt")),
    "typ null": ("typ", header(typ=None)),
    "no kid": ("kid", header(kid=MISSING)),
    "kid empty": ("kid", header(kid="")),
    "kid null": ("kid", header(kid=None)),
    "kid a list": ("kid", header(kid=["key-1"])),
    "kid a number": ("kid", header(kid=1)),
    "kid an object": ("kid", header(kid={"key-1": "key-1"})),
    "kid too long": ("kid", header(kid="k" * 129)),
    "kid unknown": ("kid-unknown", header(kid="key-2")),
    "kid a path": ("kid-unknown", header(kid="../../../../dev/null")),
    "kid an address": ("kid-unknown", header(kid="https://attacker.example/jwks.json")),
    "kid of SQL": ("kid-unknown", header(kid="' UNION SELECT 'key")),
    "kid of a shell": ("kid-unknown", header(kid="key-1|id")),
    "kid in capitals": ("kid-unknown", header(kid="KEY-1")),
    "kid and a NUL": ("kid-unknown", header(kid="key-1\0")),
    "kid of a surrogate": ("kid-unknown", header(kid="\ud800")),
}
ALL = named("form", FORMS) | named("header", HEADERS)
