"""Every setting with its default and its meaning. docs/settings.md is made from it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import SecretStr, model_validator

from app.core.settings_base import (
    DAY,
    AwsSettings,
    SettingsError,
    by_runtime,
    endpoint,
    if_local,
    older_table_name,
    pool_issuer,
    pool_jwks_url,
    row_of,
    secret_if_local,
    setting,
)
from app.core.settings_rules import LOCAL_CURSOR_SECRET, LOCAL_TOKEN, broken_rules

SignInFlow = Literal["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH"]
LONG_URL = r"^(https?://[^\s?#@]+)?$"
_HOST = r"([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])"
_TABLE = r"^([A-Za-z0-9_.-]{3,255})?$"

DEVELOPMENT_BUNDLE = "opa/build"
LAYER_BUNDLE = "/opt/opa/bundle"


class Settings(AwsSettings):
    """A `Settings` that exists is complete and free of contradictions."""

    # Media and previews
    media_max_bytes: int = setting(
        25 * 1024**2,
        "Largest upload in bytes; S3 copies no more at once than 5 GiB.",
        within=(1, 5 * 1024**3),
    )
    media_pending_seconds: int = setting(
        3600,
        "Seconds after which an upload that nobody completed is forgotten; at least "
        "`S3_PRESIGN_SECONDS`.",
        within=(1, DAY),
    )
    preview_seconds: int = setting(
        3600,
        "Seconds for which a preview of a post is good, unless it is asked for less or more.",
        within=(1, 30 * DAY),
    )
    preview_max_seconds: int = setting(
        7 * DAY, "The longest that may be asked for a preview, in seconds.", within=(1, 30 * DAY)
    )

    # Who may come in
    aws_lambda_function_name: str = setting(
        "", "Set by Lambda, where a stage named `local` is refused; in `sam local` it is not."
    )
    cognito_user_pool_id: str = setting(
        "",
        "The user pool. Without one, a local stage has no sign-in.",
        required="unless `APP_ENV=local`",
        pattern=r"^([a-z0-9-]{1,30}_[0-9A-Za-z]{1,64})?$",
    )
    cognito_client_id: str = setting(
        "",
        "The pool's app client.",
        required="with `COGNITO_USER_POOL_ID`",
        pattern=r"^[0-9A-Za-z_+]{0,128}$",
    )
    cognito_client_secret: SecretStr = setting(
        SecretStr(""), "The app client's secret, if it has one.", secret=True, reference=True
    )
    cognito_endpoint: str = endpoint(
        "Cognito", required="with `COGNITO_USER_POOL_ID` if `APP_ENV=local`"
    )
    cognito_issuer: str = setting(
        pool_issuer, "`iss` of the tokens that are taken.", shown="the pool's", pattern=LONG_URL
    )
    cognito_jwks_url: str = setting(
        pool_jwks_url,
        "Where the keys that sign tokens are; an emulator's if `APP_ENV=local`.",
        shown="below the issuer",
        pattern=LONG_URL,
    )
    cognito_auth_flow: SignInFlow = setting(
        "ADMIN_USER_PASSWORD_AUTH",
        "How passwords are shown to the pool; `ADMIN_NO_SRP_AUTH` is the older name.",
    )
    cognito_trust_api_gateway: bool = setting(
        False,
        "Take claims that an API Gateway authorizer verified from the Lambda event instead of "
        "verifying the `Authorization` header again; refused outside Lambda.",
    )
    token_leeway_seconds: int = setting(
        30, "Seconds by which clocks may differ from the user pool's.", within=(0, 300)
    )
    session_seconds: int = setting(
        30 * DAY,
        "Seconds after a sign-in at which its session ends; no more than a refresh token's.",
        within=(300, 365 * DAY),
    )
    session_cache_seconds: float = setting(
        2.0,
        "Seconds for which instances may take a session for open without asking again: so long "
        "may another process's revocation go unnoticed; 0: it asks each time.",
        within=(0, 60),
    )
    allowed_origins: str = setting(
        "",
        "Origins, separated by commas, whose pages may ask and write with cookies; the API's "
        "own may.",
        pattern=r"^(https?://[^\s/?#@,]+(,https?://[^\s/?#@,]+)*)?$",
    )
    api_hosts: str = setting(
        if_local("localhost,127.0.0.1,[::1]"),
        "Hosts, separated by commas and without ports, by which the API is reached: its own pages "
        "may write with cookies. The `Host` header is not believed beyond them.",
        shown="this machine's if local",
        pattern=rf"^({_HOST}(,{_HOST})*)?$",
    )
    cookie_domain: str = setting(
        "",
        "The domain whose hosts all get the cookies of a sign-in, such as `example.com` for pages "
        "at `www.` and the API at `api.example.com`; empty: the API's host alone.",
        pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9-]+)+)?$",
    )
    cookie_secure: bool = setting(
        True,
        "`0`: cookies without `Secure`, for clients that drop those of `http://localhost`; "
        "only if `APP_ENV=local`.",
    )
    opa_bundle_path: str = setting(
        by_runtime(LAYER_BUNDLE, DEVELOPMENT_BUNDLE),
        "The folder of `policy.wasm` and `data.json`.",
        shown=f"`{DEVELOPMENT_BUNDLE}`, on Lambda `{LAYER_BUNDLE}`",
    )
    redis_url: str = setting(
        "",
        "Redis, where instances count together and share public answers and open sessions; "
        "empty: each counts for itself, and nothing is shared.",
        secret=True,
        reference=True,
        pattern=r"^((rediss?|unix)://\S+)?$",
    )
    sign_in_without_redis: Literal["limited", "refused"] = setting(
        "limited",
        "What becomes of attempts at sign-in while the Redis at `REDIS_URL` does not answer: "
        "`limited`, each process counts for itself and admits a third; `refused`, none is "
        "admitted.",
    )
    sign_in_attempts_per_minute: int = setting(
        10,
        "Attempts a minute at sign-in, sign-up and password routes: for one address of an "
        "account from one source; a source may make three times as many in all.",
        within=(1, 100_000),
    )

    # What is recorded, and who is told
    audit_days: int = setting(
        400, "Days after which an entry of the audit log is deleted; 0: never.", within=(0, 36_500)
    )
    events_topic_arn: str = setting(
        "",
        "The SNS topic that the relay sends events to; without one it does not start. The API "
        "writes them into its outbox in any case.",
        pattern=r"^(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[0-9A-Za-z_-]+(\.fifo)?)?$",
    )
    sns_endpoint: str = endpoint("SNS", required="with `EVENTS_TOPIC_ARN` if `APP_ENV=local`")

    # Repeated requests
    idempotency_seconds: int = setting(
        DAY,
        "Seconds for which a request with an `Idempotency-Key` is known, and its answer.",
        within=(600, 7 * DAY),
    )
    idempotency_lock_seconds: int = setting(
        60,
        "Seconds after which an unanswered request with an `Idempotency-Key` counts as cut "
        "short, so that its repetition is carried out; longer than any request takes.",
        within=(30, 600),
    )

    # Jobs
    jobs_queue_url: str = setting(
        "", "The queue of jobs; empty: no exports, no imports.", pattern=LONG_URL
    )
    sqs_endpoint: str = endpoint("SQS", required="with `JOBS_QUEUE_URL` if `APP_ENV=local`")
    import_max_bytes: int = setting(
        256 * 1024**2,
        "Largest upload of an import in bytes; S3 copies no more at once than 5 GiB.",
        within=(1, 5 * 1024**3),
    )
    jobs_waiting_seconds: int = setting(
        DAY,
        "Seconds after which a job that nobody started is forgotten; at least "
        "`S3_PRESIGN_SECONDS`.",
        within=(1, 7 * DAY),
    )
    jobs_keep_days: int = setting(
        30, "Days after its end at which a job is forgotten.", within=(1, 365)
    )
    jobs_lease_seconds: int = setting(
        15,
        "Seconds after which another worker takes over from one that died; it is renewed three "
        "times as often, and longer than two attempts at one AWS request may take.",
        within=(1, 900),
    )
    jobs_most_attempts: int = setting(
        3,
        "Workers that may begin a job, or a part of it, until it fails; fewer than the queue's "
        "`maxReceiveCount`.",
        within=(1, 100),
    )

    # Rate limits
    reads_per_minute: int = setting(
        600,
        "Reads within any minute: of one caller, or of one source without credentials.",
        within=(1, 1_000_000),
    )
    writes_per_minute: int = setting(
        120,
        "Writes within any minute, likewise. Sign-in routes are counted apart, as many again, "
        "beside their attempts.",
        within=(1, 1_000_000),
    )

    # Metrics and time
    metrics: Literal["off", "emf"] = setting(
        by_runtime("emf", "off"),
        "`emf`: metrics as log lines that CloudWatch understands; `off`: none.",
        shown="`off`, on Lambda `emf`",
    )
    metrics_namespace: str = setting(
        "fm-web",
        "The CloudWatch namespace of the metrics, one for each deployment.",
        pattern=r"^[0-9A-Za-z./_#:-]{1,255}$",
    )
    request_seconds: float = setting(
        28.0,
        "Seconds that a request may take: nothing is sent to AWS whose answer could come later. "
        "On Lambda, the time that the invocation has left if that is less.",
        within=(1, 900),
    )

    # Store, secrets, HTTP
    use_dynamo: bool = setting(
        True, "Kept from older set-ups; the app has no other store, so `0` is refused."
    )
    dynamodb_endpoint: str = endpoint("DynamoDB", required="if `APP_ENV=local`")
    posts_table: str = setting(
        "", "Older name of `TABLE_NAME`; has to agree with it.", pattern=_TABLE
    )
    categories_table: str = setting(
        "", "Older name of `TABLE_NAME`; has to agree with it.", pattern=_TABLE
    )
    table_name: str = setting(
        older_table_name,
        "The table.",
        required="unless an older name gives it",
        shown="`POSTS_TABLE`, `CATEGORIES_TABLE`",
        pattern=_TABLE,
    )
    cursor_secret: SecretStr = setting(
        secret_if_local(LOCAL_CURSOR_SECRET),
        "Encrypts page cursors: at least 32 random characters, the same on every instance.",
        required="unless `APP_ENV=local`",
        secret=True,
        shown="fixed if local",
        reference=True,
    )
    cursor_secret_previous: SecretStr = setting(
        SecretStr(""),
        "The secret before it, while it is replaced: cursors that it encrypted go on.",
        secret=True,
        reference=True,
    )
    admin_api_token: SecretStr = setting(
        secret_if_local(LOCAL_TOKEN),
        "The development token: an administrator's, refused outside `APP_ENV=local`.",
        secret=True,
        shown=f"`{LOCAL_TOKEN}` if local",
    )
    media_bucket: str = setting("", "The bucket of uploads; empty: no uploads.")
    s3_endpoint: str = endpoint("S3", required="with `MEDIA_BUCKET` if `APP_ENV=local`")
    s3_presign_seconds: int = setting(
        300, "Seconds for which a presigned URL is good.", within=(1, 3600)
    )
    max_body_bytes: int = setting(
        1024 * 1024, "Largest request body in bytes.", within=(1024, 6 * 1024 * 1024)
    )
    base_path: str = setting(
        "",
        "What a gateway puts in front of every path: its stage (`/prod`), or the base path of a "
        "domain; requests without it are answered as well.",
        pattern=r"^(/[0-9A-Za-z._~-]+)*$",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = setting(
        "INFO", "From which level the app logs."
    )
    api_docs: bool = setting(True, "Whether `/docs` and `/openapi.json` are served.")

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """`cursor_secret`, from which all others are derived, and the one before it, if any."""
        given = (self.cursor_secret, self.cursor_secret_previous)
        return tuple(secret.get_secret_value().encode() for secret in given if secret)

    @model_validator(mode="after")
    def _refuse_contradictions(self) -> Self:
        if problems := tuple(broken_rules(self)):
            raise SettingsError(problems)
        return self


ROWS = {field: row_of(field, about) for field, about in Settings.model_fields.items()}
"""Every setting by its field, in the order of their declaration: the rows of docs/settings.md."""
