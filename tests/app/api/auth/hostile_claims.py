"""Hostile tokens: well signed by the right key, and yet nothing to let in."""

from __future__ import annotations

from collections.abc import Callable

from tests.app.api.auth.hostile import named
from tests.app.api.auth.hostile_forms import Make
from tests.app.api.auth.issuer import CLIENT, LEEWAY, MISSING, SUBJECT, URL, Issuer, as_json

HOUR = 3600
SKEW = int(LEEWAY.total_seconds())
REQUIRED = ("iss", "token_use", "client_id", "exp", "iat", "auth_time", "sub", "origin_jti", "jti")
GROUPS = "cognito:groups"


def claim(name: str, value: object) -> Make:
    return lambda issuer: issuer.token(**{name: value})


def at(**seconds: int) -> Make:
    """Times as seconds from now."""

    def make(issuer: Issuer) -> str:
        now = int(issuer.clock().timestamp())
        return issuer.token(**{name: now + each for name, each in seconds.items()})

    return make


def payload(text: str | bytes) -> Make:
    raw = text.encode() if isinstance(text, str) else text
    return lambda issuer: issuer.sign_bytes(issuer.header(), raw)


def spelled(spell: Callable[[bytes], bytes]) -> Make:
    """The usual claims, with their JSON text edited before it is signed."""
    return lambda issuer: issuer.sign_bytes(issuer.header(), spell(as_json(issuer.claims())))


def also(member: str) -> Make:
    return spelled(lambda text: b"{" + member.encode() + b", " + text[1:])


PAYLOADS = {
    "a list": ("payload-object", payload("[]")),
    "a text": ("payload-object", payload('"sub"')),
    "a number": ("payload-object", payload("1")),
    "null": ("payload-object", payload("null")),
    "a token": ("payload-json", lambda issuer: payload(issuer.token())(issuer)),
    "an empty object": ("iss", payload("{}")),
    "cut off": ("payload-json", spelled(lambda text: text[:-1])),
    "two objects": ("payload-json", spelled(lambda text: text + b"{}")),
    "a comma too many": ("payload-json", spelled(lambda text: text[:-1] + b",}")),
    "a comment": ("payload-json", spelled(lambda text: text + b"// end")),
    "a byte order mark": ("payload-json", spelled(lambda text: b"\xef\xbb\xbf" + text)),
    "UTF-16": ("payload-utf-8", spelled(lambda text: text.decode().encode("utf-16"))),
    "not UTF-8": ("payload-utf-8", spelled(lambda text: text.replace(b"ada", b"\xff"))),
    "overlong UTF-8": ("payload-utf-8", spelled(lambda text: text.replace(b"ada", b"\xc0\xaf"))),
    "NaN": ("payload-number", also('"x": NaN')),
    "Infinity": ("payload-number", also('"x": -Infinity')),
    "1e999": ("payload-number", also('"x": 1e999')),
    "4000 digits": ("payload-number", also('"x": ' + "9" * 4000)),
    "5000 digits": ("payload-number", also('"x": ' + "9" * 5000)),
    "100,000 digits": ("size", also('"x": ' + "9" * 100_000)),
    "nine lists deep": ("payload-depth", also('"x": ' + "[" * 9 + "]" * 9)),
    "nine objects deep": ("payload-depth", also('"x": ' + '{"a":' * 9 + "1" + "}" * 9)),
    "4000 deep": ("payload-depth", also('"x": ' + "[" * 4000)),
    "10,000 deep": ("size", also('"x": ' + "[" * 10_000)),
    "sub twice": ("payload-duplicate", also(f'"sub": "{SUBJECT}"')),
    "exp twice": ("payload-duplicate", also('"exp": 1')),
    "sub twice, once escaped": ("payload-duplicate", also('"su\\u0062": "x"')),
    "a member twice below": ("payload-duplicate", also('"x": {"a": 1, "a": 2}')),
}
MISSING_ONES = {name: (name, claim(name, MISSING)) for name in REQUIRED}
OTHERS = {
    "iss with a slash": ("iss", claim("iss", URL + "/")),
    "iss by http": ("iss", claim("iss", URL.replace("https", "http"))),
    "iss in capitals": ("iss", claim("iss", URL.upper())),
    "iss of another pool": ("iss", claim("iss", URL + "2")),
    "iss a list": ("iss", claim("iss", [URL])),
    "iss a part": ("iss", claim("iss", URL[:-1])),
    "id token": ("token_use", lambda issuer: issuer.sign(issuer.id_claims())),
    "id token called access": (
        "client_id",
        lambda issuer: issuer.sign(issuer.id_claims(token_use="access")),
    ),
    "token_use refresh": ("token_use", claim("token_use", "refresh")),
    "token_use a list": ("token_use", claim("token_use", ["access"])),
    "client_id of another": ("client_id", claim("client_id", CLIENT + "x")),
    "client_id a list": ("client_id", claim("client_id", [CLIENT])),
    "client_id in aud alone": (
        "client_id",
        lambda issuer: issuer.token(client_id=MISSING, aud=CLIENT),
    ),
    "aud of another": ("aud", claim("aud", "https://other.example")),
    "aud a list": ("aud", claim("aud", [CLIENT])),
    "aud null": ("aud", claim("aud", None)),
}
TIMES = {
    "exp a text": ("exp", claim("exp", "1795620000")),
    "exp a float": ("exp", claim("exp", 1795620000.0)),
    "exp true": ("exp", claim("exp", True)),
    "exp null": ("exp", claim("exp", None)),
    "exp negative": ("exp", claim("exp", -1)),
    "exp zero": ("exp", claim("exp", 0)),
    "exp in milliseconds": ("exp", at(exp=1_795_620_000_000)),
    "exp of 20 digits": ("exp", claim("exp", 10**19)),
    "iat a text": ("iat", claim("iat", "1")),
    "iat a float": ("iat", claim("iat", 1.5)),
    "iat false": ("iat", claim("iat", False)),
    "auth_time a list": ("auth_time", claim("auth_time", [])),
    "nbf a text": ("nbf", claim("nbf", "now")),
    "nbf null": ("nbf", claim("nbf", None)),
    "expired just now": ("expired", at(iat=-HOUR, exp=-SKEW)),
    "expired for long": ("expired", at(iat=-400 * 24 * HOUR, exp=-400 * 24 * HOUR + HOUR)),
    "nbf in the future": ("nbf-future", at(nbf=SKEW + 1)),
    "iat in the future": ("iat-future", at(iat=SKEW + 1)),
    "auth_time in the future": ("auth_time-future", at(auth_time=SKEW + 1)),
    "iat after exp": ("lifetime", at(iat=0, exp=-1)),
    "lifetime of a day and a second": ("lifetime", at(exp=24 * HOUR + 1)),
    "lifetime of ten years": ("lifetime", at(exp=10 * 365 * 24 * HOUR)),
}
IDENTITIES = {
    "sub empty": ("sub", claim("sub", "")),
    "sub with a delimiter": ("sub", claim("sub", "ada#USER")),
    "sub in capitals": ("sub", claim("sub", SUBJECT.upper())),
    "sub of 65 letters": ("sub", claim("sub", "a" * 65)),
    "sub huge": ("sub", claim("sub", "a" * 4000)),
    "sub a number": ("sub", claim("sub", 1)),
    "sub null": ("sub", claim("sub", None)),
    "sub a list": ("sub", claim("sub", [SUBJECT])),
    "sub and a newline": ("sub", claim("sub", SUBJECT + "\n")),
    "sub and a NUL": ("sub", claim("sub", SUBJECT + "\0")),
    "sub with a look-alike": ("sub", claim("sub", SUBJECT.replace("a", "\u0430"))),
    "origin_jti empty": ("origin_jti", claim("origin_jti", "")),
    "origin_jti with a delimiter": ("origin_jti", claim("origin_jti", "SESSION#1")),
    "origin_jti true": ("origin_jti", claim("origin_jti", True)),
    "jti empty": ("jti", claim("jti", "")),
    "jti long": ("jti", claim("jti", "j" * 129)),
    "jti an object": ("jti", claim("jti", {})),
    "jti of two lines": ("jti", claim("jti", 'a\n{"level": "INFO"}')),
    "no username": ("username", claim("username", MISSING)),
    "username a number": ("username", claim("username", 7)),
    "username of terminal codes": ("username", claim("username", "\x1b[2Jada")),
    "username turned around": ("username", claim("username", "\u202eada")),
    "username of half a pair": ("username", claim("username", "\ud800")),
    "groups a text": ("groups", claim(GROUPS, "fm-web:admin")),
    "groups an object": ("groups", claim(GROUPS, {"fm-web:admin": True})),
    "groups null": ("groups", claim(GROUPS, None)),
    "groups of lists": ("groups", claim(GROUPS, [["fm-web:admin"]])),
    "groups of numbers": ("groups", claim(GROUPS, ["fm-web:admin", 1])),
    "groups empty": ("groups", claim(GROUPS, [""])),
    "groups of 129 letters": ("groups", claim(GROUPS, ["g" * 129])),
    "101 groups": ("groups", claim(GROUPS, ["fm-web:admin"] * 101)),
    "10,000 groups": ("size", claim(GROUPS, ["g"] * 10_000)),
}
ALL = (
    named("payload", PAYLOADS)
    | named("missing", MISSING_ONES)
    | named("claim", OTHERS | IDENTITIES)
    | named("time", TIMES)
)
