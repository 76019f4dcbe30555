"""What each function may do beside its patterns, and what it has to be told: to be read as a table.

Resources are written as `Stack` resolves them. What comes of patterns stands in the generated
blocks of the template, and is no row here.
"""

from __future__ import annotations

REDIS_SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:fm-web/redis-AbCdEf"
PREVIOUS_CURSOR_SECRET = REDIS_SECRET.replace("redis", "cursor")
TRACES = "AWSXRayDaemonWriteAccess"
INTERFACES = "service-role/AWSLambdaENIManagementAccess"

Right = tuple[str, str]
"""An action, and the resource it is allowed on."""

ALWAYS: dict[str, set[Right]] = {
    "ApiFunction": {
        ("cognito-idp:AdminAddUserToGroup", "<UserPool.Arn>"),
        ("cognito-idp:AdminCreateUser", "<UserPool.Arn>"),
        ("cognito-idp:AdminDeleteUser", "<UserPool.Arn>"),
        ("cognito-idp:AdminDisableUser", "<UserPool.Arn>"),
        ("cognito-idp:AdminEnableUser", "<UserPool.Arn>"),
        ("cognito-idp:AdminGetUser", "<UserPool.Arn>"),
        ("cognito-idp:AdminInitiateAuth", "<UserPool.Arn>"),
        ("cognito-idp:AdminListGroupsForUser", "<UserPool.Arn>"),
        ("cognito-idp:AdminRemoveUserFromGroup", "<UserPool.Arn>"),
        ("cognito-idp:AdminRespondToAuthChallenge", "<UserPool.Arn>"),
        ("cognito-idp:AdminSetUserPassword", "<UserPool.Arn>"),
        ("cognito-idp:AdminUpdateUserAttributes", "<UserPool.Arn>"),
        ("cognito-idp:AdminUserGlobalSignOut", "<UserPool.Arn>"),
        ("cognito-idp:ListUsers", "<UserPool.Arn>"),
        ("logs:CreateLogStream", "<ApiLogs.Arn>"),
        ("logs:PutLogEvents", "<ApiLogs.Arn>"),
        ("s3:DeleteObject", "<MediaBucket.Arn>/*"),
        ("s3:GetObject", "<MediaBucket.Arn>/*"),
        ("s3:ListBucket", "<MediaBucket.Arn>"),
        ("s3:PutObject", "<MediaBucket.Arn>/*"),
        ("secretsmanager:GetSecretValue", "<CursorSecret>"),
        ("sqs:SendMessage", "<JobsQueue.Arn>"),
    },
    "WorkerFunction": {
        ("logs:CreateLogStream", "<WorkerLogs.Arn>"),
        ("logs:PutLogEvents", "<WorkerLogs.Arn>"),
        ("s3:GetObject", "<MediaBucket.Arn>/jobs/*"),
        ("s3:ListBucket", "<MediaBucket.Arn>"),
        ("s3:PutObject", "<MediaBucket.Arn>/jobs/*"),
        ("secretsmanager:GetSecretValue", "<CursorSecret>"),
        ("sqs:ChangeMessageVisibility", "<JobsQueue.Arn>"),
        ("sqs:DeleteMessage", "<JobsQueue.Arn>"),
        ("sqs:GetQueueAttributes", "<JobsQueue.Arn>"),
        ("sqs:ReceiveMessage", "<JobsQueue.Arn>"),
        ("sqs:SendMessage", "<JobsQueue.Arn>"),
    },
    "RelayFunction": {
        ("dynamodb:DescribeStream", "<Table.StreamArn>"),
        ("dynamodb:GetRecords", "<Table.StreamArn>"),
        ("dynamodb:GetShardIterator", "<Table.StreamArn>"),
        ("dynamodb:ListStreams", "<Table.Arn>/stream/*"),
        ("logs:CreateLogStream", "<RelayLogs.Arn>"),
        ("logs:PutLogEvents", "<RelayLogs.Arn>"),
        ("sns:Publish", "<EventsTopic>"),
        ("sqs:SendMessage", "<RelayDeadLetters.Arn>"),
    },
}
# With the parameter, beside the rights above.
WITH_REDIS_SECRET: dict[str, set[Right]] = {
    "ApiFunction": {("secretsmanager:GetSecretValue", REDIS_SECRET)},
    "WorkerFunction": {("secretsmanager:GetSecretValue", REDIS_SECRET)},
    "RelayFunction": set(),
}
# AWS's own policies: without a VPC, and what a VPC adds.
MANAGED = {"ApiFunction": {TRACES}, "WorkerFunction": {TRACES}, "RelayFunction": {TRACES}}
MANAGED_IN_VPC = {"ApiFunction": {INTERFACES}, "WorkerFunction": {INTERFACES}}

DEMANDED: dict[str, set[str]] = {
    "app.main.handler": {
        "ALLOWED_ORIGINS",
        "API_DOCS",
        "API_HOSTS",
        "APP_ENV",
        "COGNITO_CLIENT_ID",
        "COGNITO_CLIENT_SECRET",
        "COGNITO_TRUST_API_GATEWAY",
        "COGNITO_USER_POOL_ID",
        "COOKIE_DOMAIN",
        "CURSOR_SECRET",
        "DYNAMODB_ENDPOINT",
        "JOBS_QUEUE_URL",
        "LOG_LEVEL",
        "MEDIA_BUCKET",
        "METRICS_NAMESPACE",
        "OPA_BUNDLE_PATH",
        "REDIS_URL",
        "SIGN_IN_ATTEMPTS_PER_MINUTE",
        "SIGN_IN_WITHOUT_REDIS",
        "TABLE_NAME",
        "USE_DYNAMO",
    },
    "app.worker.handler": {
        "APP_ENV",
        "COGNITO_CLIENT_ID",
        "COGNITO_USER_POOL_ID",
        "CURSOR_SECRET",
        "DYNAMODB_ENDPOINT",
        "JOBS_QUEUE_URL",
        "LOG_LEVEL",
        "MEDIA_BUCKET",
        "METRICS_NAMESPACE",
        "REDIS_URL",
        "TABLE_NAME",
    },
    "app.relay.handler": {
        "APP_ENV",
        "COGNITO_CLIENT_ID",
        "COGNITO_USER_POOL_ID",
        "CURSOR_SECRET",
        "DYNAMODB_ENDPOINT",
        "EVENTS_TOPIC_ARN",
        "LOG_LEVEL",
        "TABLE_NAME",
    },
}
"""Handlers, and the settings that each is lost without: not empty once every parameter is given."""
