"""Passwords in Cognito, changed or reset by their owners."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from app.accounts.pool_errors import ResetRefused
from app.aws.cognito_answers import ask
from app.aws.cognito_calls import CognitoCalls, address
from app.aws.cognito_errors import RESET, SIGN_IN, UNSENT

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.type_defs import (
        ConfirmForgotPasswordRequestTypeDef,
        ForgotPasswordRequestTypeDef,
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
        except ResetRefused as unsent:
            log.warning("no reset code was sent: %s", unsent.reason)

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
        ask(lambda: self._client.confirm_forgot_password(**request), RESET)
