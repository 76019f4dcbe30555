"""Sign-in and passwords in Cognito, by the flow that the settings name."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from app.aws.cognito_calls import (
    CHALLENGE,
    SIGN_IN,
    UNSENT,
    CognitoCalls,
    address,
    ask,
    slug,
)
from app.core.problems import LoginRefused
from app.services.accounts.pool import NewPasswordNeeded, Tokens

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.type_defs import (
        ConfirmForgotPasswordRequestTypeDef,
        ForgotPasswordRequestTypeDef,
        RevokeTokenRequestTypeDef,
    )


_NEW_PASSWORD: Final = "NEW_PASSWORD_REQUIRED"  # noqa: S105 (the name of a challenge)


class CognitoSignIn(CognitoCalls):
    def sign_in(self, email: str, password: str) -> Tokens | NewPasswordNeeded:
        username = address(email)
        shown = {"USERNAME": username, "PASSWORD": password, **self._app.proof(username)}
        answer = ask(lambda: self._initiate(shown), SIGN_IN)
        if answer.get("ChallengeName") == _NEW_PASSWORD:
            return NewPasswordNeeded(_challenge(answer))
        return _tokens(answer)

    def answer_challenge(self, email: str, challenge: str, new_password: str) -> Tokens:
        named, _, session = challenge.partition(":")
        username = named or address(email)
        shown = {
            "USERNAME": username,
            "NEW_PASSWORD": new_password,
            **self._app.proof(username),
        }
        return _tokens(ask(lambda: self._respond(session, shown), CHALLENGE))

    def refresh(self, refresh_token: str, username: str) -> Tokens:
        shown = {"REFRESH_TOKEN": refresh_token, **self._app.proof(username)}
        answer = ask(
            lambda: self._client.initiate_auth(
                ClientId=self._app.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=shown
            ),
            SIGN_IN,
        )
        return _tokens(answer)

    def revoke(self, refresh_token: str) -> None:
        """Takes the secret itself, not its hash: there is no user's name to hash."""
        request: RevokeTokenRequestTypeDef = {
            "Token": refresh_token,
            "ClientId": self._app.client_id,
        }
        if secret := self._app.secret.get_secret_value():
            request["ClientSecret"] = secret
        ask(lambda: self._client.revoke_token(**request))

    def _initiate(self, shown: Mapping[str, str]) -> Mapping[str, Any]:
        app = self._app
        if app.flow == "USER_PASSWORD_AUTH":
            return self._client.initiate_auth(
                ClientId=app.client_id, AuthFlow=app.flow, AuthParameters=shown
            )
        return self._client.admin_initiate_auth(
            UserPoolId=app.pool_id, ClientId=app.client_id, AuthFlow=app.flow, AuthParameters=shown
        )

    def _respond(self, session: str, shown: Mapping[str, str]) -> Mapping[str, Any]:
        app = self._app
        if app.flow == "USER_PASSWORD_AUTH":
            return self._client.respond_to_auth_challenge(
                ClientId=app.client_id,
                ChallengeName=_NEW_PASSWORD,
                Session=session,
                ChallengeResponses=shown,
            )
        return self._client.admin_respond_to_auth_challenge(
            UserPoolId=app.pool_id,
            ClientId=app.client_id,
            ChallengeName=_NEW_PASSWORD,
            Session=session,
            ChallengeResponses=shown,
        )


def _challenge(answer: Mapping[str, Any]) -> str:
    """`user:session`: the answer must name the user as the pool does, not by the address."""
    user: str = answer.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP", "")
    return f"{user}:{answer['Session']}"


def _tokens(answer: Mapping[str, Any]) -> Tokens:
    result = answer.get("AuthenticationResult")
    if not result:
        raise LoginRefused(cause=slug(answer.get("ChallengeName", "no tokens")))
    return Tokens(
        access=result["AccessToken"],
        identity=result["IdToken"],
        refresh=result.get("RefreshToken"),
        seconds=result["ExpiresIn"],
    )


log = logging.getLogger("app.pool")


class CognitoPasswords(CognitoCalls):
    def change_password(self, access_token: str, old: str, new: str) -> None:
        ask(
            lambda: self._client.change_password(
                AccessToken=access_token, PreviousPassword=old, ProposedPassword=new
            ),
            SIGN_IN,
        )

    def send_reset_code(self, email: str) -> None:
        username = address(email)
        request: ForgotPasswordRequestTypeDef = {
            "ClientId": self._app.client_id,
            "Username": username,
        }
        if proof := self._app.secret_hash(username):
            request["SecretHash"] = proof
        try:
            ask(lambda: self._client.forgot_password(**request), UNSENT)
        except LoginRefused as unsent:
            log.warning("no reset code was sent: %s", unsent.cause)

    def confirm_reset(self, email: str, code: str, new_password: str) -> None:
        username = address(email)
        request: ConfirmForgotPasswordRequestTypeDef = {
            "ClientId": self._app.client_id,
            "Username": username,
            "ConfirmationCode": code,
            "Password": new_password,
        }
        if proof := self._app.secret_hash(username):
            request["SecretHash"] = proof
        ask(lambda: self._client.confirm_forgot_password(**request), CHALLENGE)
