"""What a refusal of Cognito means, by its code. Knows no operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

from app.accounts.pool_errors import (
    EmailInPool,
    PasswordTooWeak,
    PoolBusy,
    PoolError,
    PoolMisconfigured,
    PoolRefuses,
    ResetRefused,
    SignInRefused,
    UserNotInPool,
)

Errors: TypeAlias = Mapping[str, Callable[..., PoolError]]

_IDENTITIES = partial(
    PoolMisconfigured,
    remedy="check COGNITO_USER_POOL_ID, COGNITO_CLIENT_ID and the pool's groups",
)
_RIGHTS = partial(
    PoolMisconfigured,
    remedy="give the app valid credentials, and its role the actions on the user pool",
)
_DESIGN = partial(
    PoolMisconfigured, remedy="compare the pool's configuration with app/accounts/pool_design.py"
)
_SECRET = partial(
    PoolMisconfigured, remedy="set COGNITO_CLIENT_SECRET to the app client's secret, or to nothing"
)
_FLOW = partial(
    PoolMisconfigured, remedy="allow the app client the flow that COGNITO_AUTH_FLOW names"
)

# Whatever is not listed is `PoolUnavailable`.
ANY: Errors = MappingProxyType(
    {
        "UsernameExistsException": EmailInPool,
        "AliasExistsException": EmailInPool,
        "UserNotFoundException": UserNotInPool,
        "InvalidPasswordException": PasswordTooWeak,
        "PasswordHistoryPolicyViolationException": PasswordTooWeak,
        "InvalidParameterException": PoolRefuses,
        "UserLambdaValidationException": PoolRefuses,
        "UnsupportedUserStateException": PoolRefuses,
        "UnsupportedTokenTypeException": PoolRefuses,
        "PreconditionNotMetException": PoolRefuses,
        "TooManyRequestsException": PoolBusy,
        "LimitExceededException": PoolBusy,
        "TooManyFailedAttemptsException": PoolBusy,
        "ThrottlingException": PoolBusy,
        "Throttling": PoolBusy,
        "RequestLimitExceeded": PoolBusy,
        "ResourceNotFoundException": _IDENTITIES,
        "NotAuthorizedException": _RIGHTS,
        "AccessDeniedException": _RIGHTS,
        "UnrecognizedClientException": _RIGHTS,
        "InvalidClientTokenId": _RIGHTS,
        "InvalidSignatureException": _RIGHTS,
        "IncompleteSignatureException": _RIGHTS,
        "MissingAuthenticationTokenException": _RIGHTS,
        "ExpiredTokenException": _RIGHTS,
        "NoCredentialsError": _RIGHTS,
        "PartialCredentialsError": _RIGHTS,
        "ForbiddenException": _DESIGN,
        "FeatureUnavailableInTierException": _DESIGN,
        "InvalidEmailRoleAccessPolicyException": _DESIGN,
        "InvalidSmsRoleAccessPolicyException": _DESIGN,
        "InvalidSmsRoleTrustRelationshipException": _DESIGN,
        "InvalidUserPoolConfigurationException": _DESIGN,
        "OperationNotEnabledException": _DESIGN,
        "UnsupportedOperationException": _DESIGN,
        "UnauthorizedException": _SECRET,
        "ClientSecretDiffers": _SECRET,
        "FlowNotEnabled": _FLOW,
    }
)
SIGN_IN: Errors = MappingProxyType(
    dict.fromkeys(
        (
            "NotAuthorizedException",
            "UserNotFoundException",
            "UserNotConfirmedException",
            "PasswordResetRequiredException",
            "InvalidParameterException",
            "UserLambdaValidationException",
        ),
        SignInRefused,
    )
)
# A stale challenge is a resource not found, too; that the pool is missing, `SIGN_IN` told before.
CHALLENGE: Errors = MappingProxyType(
    {
        **SIGN_IN,
        "CodeMismatchException": SignInRefused,
        "ExpiredCodeException": SignInRefused,
        "ResourceNotFoundException": SignInRefused,
    }
)
RESET: Errors = MappingProxyType(dict.fromkeys(CHALLENGE, ResetRefused))
# What an account has that an unknown address has not: its limit, its mail that failed.
UNSENT: Errors = MappingProxyType(
    dict.fromkeys(
        (*SIGN_IN, "LimitExceededException", "CodeDeliveryFailureException"), ResetRefused
    )
)
