"""Schemas of sign-in and passwords, and how a sign-in is answered. Passwords never come out."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Literal

from fastapi import Depends
from pydantic import Field, SecretStr

from app.api.guards.permission import Loaded
from app.api.kit.answers import MOMENT
from app.api.v1.sessions import SessionOut
from app.api.v1.users import UserOut
from app.core.problems import Forbidden
from app.core.wire import In, Out, TypedName, like
from app.services.policy import ResourceKind
from model import Email, Role, User, UserId

Password = Annotated[SecretStr, Field(min_length=1, max_length=256, examples=["Demo-password-1"])]
Chosen = Annotated[
    SecretStr,
    Field(
        min_length=8,
        max_length=256,
        examples=["Better-password-2"],
        description="By the user pool's rules: here 12 or more, of both cases, with a digit.",
    ),
]
TokenPlace = Annotated[
    Literal["cookies", "body"],
    Field(description="`body`: the answer has the tokens, for clients without cookies."),
]


class SignUp(In):
    """A new account, by the one who will use it."""

    model_config = like(User)

    email: Email
    password: Chosen
    role: Role = Field(
        default=Role.VIEWER, description="More than `fm-web:viewer` is for administrators to give."
    )
    name: TypedName = ""


class Login(In):
    model_config = like(User)

    email: Email
    password: Password
    tokens: TokenPlace = "cookies"


class ChallengeAnswer(In):
    """The lasting password in place of a temporary one."""

    model_config = like(User)

    email: Email
    challenge: SecretStr = Field(
        min_length=1,
        max_length=4096,
        examples=["8d2e4b53-9a0e-4c5f-8f3d-7c116f1c2a54:AYABeC…"],
        description="As login gave it.",
    )
    new_password: Chosen
    tokens: TokenPlace = "cookies"


class PasswordChange(In):
    old_password: Password
    new_password: Chosen
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
    model_config = like(User)

    email: Email


class Reset(In):
    """The code that was mailed, and another password."""

    model_config = like(User)

    email: Email
    code: SecretStr = Field(min_length=1, max_length=64, examples=["123456"])
    new_password: Chosen


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


AccessEnd = Annotated[
    datetime,
    Field(
        examples=[MOMENT],
        description="When the access token ends, and its cookie: refresh before.",
    ),
]


class SignedInOut(Out):
    """The tokens are in the cookies, unless they were asked for in the body."""

    status: Literal["signed-in"] = "signed-in"
    user: UserOut
    session: SessionOut
    access_expires_at: AccessEnd
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

    model_config = like(User)

    user_id: UserId
    roles: list[Role]
    user: UserOut | None
    session: SessionOut | None
    access_expires_at: AccessEnd | None
    allowed: list[str] = Field(
        examples=[["posts.create", "posts.list"]],
        description="What the policy lets the caller do, where it does not matter to what.",
    )


ACCOUNTS = ResourceKind[SignUp]("account", SignUp, role="role")


def sent_account(wanted: SignUp) -> SignUp:
    return wanted


# Hidden from strangers too: credentials are not what they lack.
WantedAccount = Annotated[
    SignUp,
    Depends(
        Loaded(
            ACCOUNTS,
            "auth.signup",
            sent_account,
            hidden=partial(Forbidden, action="auth.signup"),
        )
    ),
]
