"""What the environment says, and then the profile.

The environment is read here. A profile, the credentials of a container, an instance or a login,
and the endpoints of rare kinds are read by botocore, which is loaded for them alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, Protocol, cast

from singletable.errors.request import InvalidOperation
from singletable.transport.lean.signing import Credentials, StaticCredentials

_PARTITIONS = (
    (re.compile(r"(?:us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-[0-9]+"), "amazonaws.com"),
    (re.compile(r"us-gov-[a-z]+-[0-9]+"), "amazonaws.com"),
    (re.compile(r"cn-[a-z]+-[0-9]+"), "amazonaws.com.cn"),
)
"""Regions, and what their endpoints end in. botocore knows of others."""


class CredentialsSource(Protocol):
    """Credentials as botocore has them: `boto3.Session(...).get_credentials()` is one."""

    def get_frozen_credentials(self) -> Credentials: ...


def refuse(where: str, declared: str, allowed: str) -> NoReturn:
    raise InvalidOperation(where=where, declared=declared, allowed=allowed)


class Configured:
    """What the environment says, and then the profile, which botocore reads where there is one."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._opened: Any = None

    def _session(self) -> Any:
        if self._opened is None:
            from botocore.session import Session  # noqa: PLC0415 - for a profile alone

            self._opened = Session()
        return self._opened

    def _ask(self, ask: Callable[[Any], Any]) -> Any:
        """An answer of botocore's session; its errors are about what is configured."""
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415

        try:
            return ask(self._session())
        except BotoCoreError as error:
            raise InvalidOperation(
                where=self._where, declared=str(error), allowed="a profile that botocore can read"
            ) from error

    def _variable(self, name: str, *variables: str) -> str | None:
        for variable in variables:
            if os.environ.get(variable):
                return os.environ[variable]
        if not _has_profile():
            return None
        found = self._ask(lambda session: session.get_config_variable(name))
        return None if found is None else str(found)

    def region(self) -> str | None:
        return self._variable("region", "AWS_DEFAULT_REGION", "AWS_REGION")

    def attempts(self) -> int:
        given = self._variable("max_attempts", "AWS_MAX_ATTEMPTS") or "4"
        return int(given) if given.isdigit() else 0

    def ca_bundle(self) -> str | None:
        return self._variable("ca_bundle", "AWS_CA_BUNDLE")

    def _is_on(self, name: str) -> bool:
        return (self._variable(name, f"AWS_{name.upper()}") or "").lower() == "true"

    def endpoint_url(self) -> str | None:
        """The configured one: for DynamoDB, or for all services."""
        if self._is_on("ignore_configured_endpoint_urls"):
            return None
        for variable in ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"):
            if os.environ.get(variable):
                return os.environ[variable]
        return self._ask(_endpoint_of_profile) if _has_profile() else None

    def endpoints(self, region: str) -> tuple[str, str, str]:
        """AWS's own: of requests, of searches, and the region of signatures."""
        if (
            self._variable("account_id_endpoint_mode", "AWS_ACCOUNT_ID_ENDPOINT_MODE")
        ) == "required":
            refuse(
                self._where,
                "endpoints of the account are required",
                "boto3_transport, or account_id_endpoint_mode=preferred",
            )
        variants = {
            "UseFIPS": self._is_on("use_fips_endpoint"),
            "UseDualStack": self._is_on("use_dualstack_endpoint"),
        }
        for pattern, suffix in _PARTITIONS:
            if pattern.fullmatch(region) and not any(variants.values()):
                return (
                    f"https://dynamodb.{region}.{suffix}",
                    f"https://search-dynamodb.{region}.{suffix}",
                    region,
                )
        found: tuple[str, str, str] = self._ask(
            lambda session: _endpoints_by_rules(session, region, variants)
        )
        return found

    def credentials(self) -> CredentialsSource | None:
        key, secret = (
            os.environ.get(f"AWS_{each}") for each in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
        )
        if key and secret and "AWS_CREDENTIAL_EXPIRATION" not in os.environ:
            token = os.environ.get("AWS_SESSION_TOKEN") or os.environ.get("AWS_SECURITY_TOKEN")
            return StaticCredentials(key, secret, token)
        return cast("CredentialsSource | None", self._session().get_credentials())


def _has_profile() -> bool:
    """Whether there is anything that a profile could be read from, or one is asked for."""
    if os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE"):
        return True
    files = (
        os.environ.get("AWS_CONFIG_FILE", "~/.aws/config"),
        os.environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    )
    return any(Path(os.path.expandvars(each)).expanduser().is_file() for each in files)


def _endpoint_of_profile(session: Any) -> str | None:
    profile = session.get_scoped_config()
    services = session.full_config.get("services", {}).get(profile.get("services"), {})
    url: str | None = services.get("dynamodb", {}).get("endpoint_url")
    return url or profile.get("endpoint_url")


def _endpoints_by_rules(
    session: Any, region: str, variants: dict[str, bool]
) -> tuple[str, str, str]:
    """By AWS's rules of endpoints, which botocore brings."""
    from botocore.endpoint_provider import EndpointProvider  # noqa: PLC0415 - for rare kinds alone

    loader = session.get_component("data_loader")
    rules = loader.load_service_model("dynamodb", "endpoint-rule-set-1")
    provider = EndpointProvider(rules, loader.load_data("partitions"))
    main, search = (
        provider.resolve_endpoint(Region=region, IsSearchOperation=each, **variants)
        for each in (False, True)
    )
    schemes: list[dict[str, str]] = main.properties.get("authSchemes", [])
    signing = [each["signingRegion"] for each in schemes if "signingRegion" in each]
    return main.url, search.url, signing[0] if signing else region
