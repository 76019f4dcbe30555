"""Schemas of sign-in and passwords. Secrets go in and never come out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from app.api.v1.sessions_schemas import SessionOut
from app.api.v1.users_schemas import UserOut
from app.core.wire import In, Out, TypedName
from model import Email, Role, UserId

Password = Annotated[SecretStr, Field(min_length=1, max_length=256)]


Chosen = Annotated[SecretStr, Field(min_length=8, max_length=256)]


_LOGIN_PASSWORD = Field(examples=["Demo-password-1"])


_CHOSEN_PASSWORD = Field(
    examples=["Better-password-2"],
    description="As the user pool's rules want it: here 12 or more, of both cases, with a digit.",
)


TokenPlace = Annotated[
    Literal["cookies", "body"],
    Field(description="`body`: the answer has the tokens, for clients without cookies."),
]


class SignUp(In):
    """A new account, by the one who will use it."""

    email: Email = Field(examples=["new@example.com"])
    password: Chosen = _CHOSEN_PASSWORD
    role: Role = Field(
        default=Role.VIEWER, description="More than `fm-web:viewer` is for administrators to give."
    )
    name: TypedName = ""


class Login(In):
    email: Email = Field(examples=["ada@example.com"])
    password: Password = _LOGIN_PASSWORD
    tokens: TokenPlace = "cookies"


class ChallengeAnswer(In):
    """The lasting password in place of a temporary one."""

    email: Email = Field(examples=["new@example.com"])
    challenge: SecretStr = Field(
        min_length=1,
        max_length=4096,
        examples=["8d2e4b53-9a0e-4c5f-8f3d-7c116f1c2a54:AYABeC…"],
        description="As login gave it.",
    )
    new_password: Chosen = _CHOSEN_PASSWORD
    tokens: TokenPlace = "cookies"


class PasswordChange(In):
    old_password: Password = _LOGIN_PASSWORD
    new_password: Chosen = _CHOSEN_PASSWORD
    tokens: TokenPlace = "cookies"


class Refreshing(In):
    """From a client without cookies; a browser sends no body."""

    refresh_token: SecretStr = Field(
        min_length=1,
        max_length=8192,
        examples=["6f1c2a54-8d2e-4b53-9a0e-0c5f3f3d7c11.eyJjdHkiOiJKV1Qi…"],
        description="As the sign-in gave it.",
    )


class Forgotten(In):
    email: Email = Field(examples=["ada@example.com"])


class Reset(In):
    """The code that was mailed, and another password."""

    email: Email = Field(examples=["ada@example.com"])
    code: SecretStr = Field(min_length=1, max_length=64, examples=["123456"])
    new_password: Chosen = _CHOSEN_PASSWORD


class TokensOut(Out):
    """For a client that keeps them itself."""

    access_token: str = Field(
        examples=["eyJraWQiOiI…"], description="Sent as `Authorization: Bearer <token>`."
    )
    identity_token: str = Field(examples=["eyJraWQiOiI…"])
    refresh_token: str | None = Field(
        examples=["6f1c2a54-8d2e-4b53-9a0e-0c5f3f3d7c11.eyJjdHkiOiJKV1Qi…"],
        description="For `POST /v1/auth/refresh`; null: the one before stays good.",
    )
    expires_in: int = Field(examples=[3600], description="Seconds of the access token.")


class SignedInOut(Out):
    """The tokens are in the cookies, unless they were asked for in the body."""

    status: Literal["signed-in"] = "signed-in"
    user: UserOut
    session: SessionOut
    tokens: TokensOut | None = None


class ChallengeOut(Out):
    """The password was right, and only temporary."""

    status: Literal["new-password-required"] = "new-password-required"
    challenge: str = Field(
        examples=["8d2e4b53-9a0e-4c5f-8f3d-7c116f1c2a54:AYABeC…"],
        description="For `POST /v1/auth/password/challenge`; good for minutes.",
    )


class MeOut(Out):
    """Who the credentials say that you are. The development token has no account."""

    user_id: UserId = Field(examples=["ada"])
    roles: list[Role]
    user: UserOut | None
    session: SessionOut | None
