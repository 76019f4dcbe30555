"""The ways in which the stack can be deployed: every switch off and on, in every combination."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.sam.rights import PREVIOUS_CURSOR_SECRET, REDIS_SECRET

SWITCHES: tuple[dict[str, str], ...] = (
    {"GatewayAuthorizer": "on"},
    {
        "DomainName": "api.example.com",
        "CertificateArn": f"arn:aws:acm:eu-west-1:123456789012:certificate/{'0' * 8}",
    },
    {"HostedZoneId": "Z0000000000000"},
    {"SubnetIds": "subnet-0a,subnet-0b", "SecurityGroupIds": "sg-0a"},
    {
        "MailIdentityArn": "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
        "AllowedOrigins": "https://www.example.com,https://admin.example.com",
    },
    {"AlarmTopicArn": "arn:aws:sns:eu-west-1:123456789012:alarms"},
    {"RedisSecretArn": REDIS_SECRET, "PreviousCursorSecretArn": PREVIOUS_CURSOR_SECRET},
)
ENTRANCE: tuple[dict[str, str], ...] = (
    {"Stage": "prod", "TableName": "fm-web-prod", "AllowedOrigins": "https://www.example.com"},
    {"RedisUrl": "rediss://cache.example.com:6379/0", "GatewayAuthorizer": "on"},
    {"RedisSecretArn": REDIS_SECRET},
    {},
)


def scenarios() -> Iterator[dict[str, str]]:
    """Parameters of each combination."""
    for chosen in product((False, True), repeat=len(SWITCHES)):
        parameters: dict[str, str] = {}
        for is_on, switch in zip(chosen, SWITCHES, strict=True):
            parameters |= switch if is_on else {}
        yield parameters
