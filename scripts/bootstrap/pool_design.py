"""The user pool that the app needs, in the form of Cognito's requests. Imports no SDK.

The local pool and the pools of tests are made from it; the deployed one must be the same.
"""

from __future__ import annotations

from typing import Any

from model import Role

# Accounts are made by the app alone: a sign-up past it could choose its own role.
POOL: dict[str, Any] = {
    "UsernameAttributes": ["email"],
    "UsernameConfiguration": {"CaseSensitive": False},
    "AutoVerifiedAttributes": ["email"],
    "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
    "AccountRecoverySetting": {
        "RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}],
    },
    "DeletionProtection": "ACTIVE",
    "MfaConfiguration": "OFF",
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 12,
            "RequireLowercase": True,
            "RequireUppercase": True,
            "RequireNumbers": True,
            "RequireSymbols": False,
            "TemporaryPasswordValidityDays": 7,
        }
    },
    "Schema": [
        {
            "Name": "role",
            "AttributeDataType": "String",
            "Mutable": True,
            "Required": False,
            "StringAttributeConstraints": {"MinLength": "1", "MaxLength": "64"},
        }
    ],
}


# A user can write to the pool with an access token, past the app: neither role nor address.
# One of the two password flows is enough: the one that COGNITO_AUTH_FLOW names.
CLIENT: dict[str, Any] = {
    "ExplicitAuthFlows": [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
    ],
    "PreventUserExistenceErrors": "ENABLED",
    "EnableTokenRevocation": True,
    "ReadAttributes": ["email", "email_verified", "custom:role"],
    "WriteAttributes": ["name"],
    "AuthSessionValidity": 3,
    "AccessTokenValidity": 15,
    "IdTokenValidity": 15,
    "RefreshTokenValidity": 30,
    "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"},
}


# Cognito's tokens name the groups of a user; the lowest precedence comes first.
GROUPS: tuple[dict[str, Any], ...] = tuple(
    {"GroupName": role.value, "Precedence": precedence, "Description": f"Users who are {role}"}
    for precedence, role in enumerate((Role.ADMIN, Role.EDITOR, Role.VIEWER), start=1)
)
