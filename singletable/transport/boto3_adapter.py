"""Sends through a boto3 client; botocore's exceptions end here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.exceptions import PartialCredentialsError as PartialCredentials

from singletable.fault import Fault, Reason
from singletable.transport.port import Transport

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NO_CREDENTIALS = "NoCredentials"
UNREACHABLE = "Unreachable"


def boto3_transport(client: DynamoDBClient) -> Transport:
    """Uses the client's own retries: give it `Config(retries={"mode": "standard", ...})`."""
    methods: dict[str, Any] = {}

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        method = methods.get(operation)
        if method is None:
            method = methods[operation] = getattr(client, xform_name(operation))
        try:
            response: Mapping[str, Any] = method(**parameters)
        except ClientError as error:
            raise _answered(error.response) from error
        except (NoCredentialsError, PartialCredentials) as error:
            raise Fault(NO_CREDENTIALS, str(error)) from error
        except BotoCoreError as error:
            raise Fault(UNREACHABLE, f"{type(error).__name__}: {error}") from error
        return response

    return send


def _answered(response: Mapping[str, Any]) -> Fault:
    error = response.get("Error", {})
    reasons = tuple(
        Reason(reason.get("Code", "None"), reason.get("Message") or "", reason.get("Item"))
        for reason in response.get("CancellationReasons") or ()
    )
    return Fault(
        code=error.get("Code", "Unknown"),
        message=error.get("Message", ""),
        item=response.get("Item"),
        reasons=reasons,
    )
