"""Django's settings, from the operator's configuration. Everything that can be set is in `Configuration`."""

from datetime import timedelta
from typing import Any

from stanch_server.audit.keys import key_file
from stanch_server.project import logs
from stanch_server.project.configuration import read_configuration
from stanch_server.project.databases import database

CONFIGURATION = read_configuration()
DATA_FOLDER = CONFIGURATION.data
DATA_FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
VAULT_FOLDER = CONFIGURATION.place("vault", "vault")
VAULT_KEYS = CONFIGURATION.place("vault_keys", "keys/vault")
VAULT_ERASURES = CONFIGURATION.place("vault_erasures", "erasures/vault.list")
INDEX_FOLDER = CONFIGURATION.place("index", "index")
SIGNING_KEY = DATA_FOLDER / "keys" / "audit.key"
ANCHORS_FOLDER = DATA_FOLDER / "anchors"  # an operator copies it to where the service cannot write
LARGEST_REQUEST = CONFIGURATION.largest_request_mib * 2**20
REQUESTS_PER_MINUTE = CONFIGURATION.requests_per_minute
HOLD_HOURS = CONFIGURATION.hold_hours
WEBHOOKS_TO_PRIVATE_ADDRESSES = CONFIGURATION.webhooks_to_private_addresses
WORKER_THREADS = CONFIGURATION.worker_threads
METRICS_TOKEN = CONFIGURATION.metrics_token
HOTLINE = CONFIGURATION.hotline
THREAT_CONTACT = CONFIGURATION.threat_contact
MEMBER_STATE = CONFIGURATION.member_state
LATE_SECONDS = CONFIGURATION.late_seconds
FREE_DISK = CONFIGURATION.free_disk_mib * 2**20
HTTPS = CONFIGURATION.https
TRUSTED_PROXIES = CONFIGURATION.trusted_proxies

SECRET_KEY = key_file(CONFIGURATION.data / "keys" / "session.key").hex()
FACTOR_KEY = key_file(CONFIGURATION.data / "keys" / "factor.key")
DEBUG = False
ALLOWED_HOSTS = CONFIGURATION.hosts
USE_TZ = True
TIME_ZONE = CONFIGURATION.time_zone
LANGUAGE_CODE = CONFIGURATION.language
LANGUAGES = [("en", "English"), ("ar", "العربية")]
USE_I18N = True

DATABASES: dict[str, Any] = {"default": database(CONFIGURATION.database, CONFIGURATION.data)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "stanch_server.outbox",
    "stanch_server.audit",
    "stanch_server.accounts",
    "stanch_server.vault",
    "stanch_server.banks",
    "stanch_server.intake",
    "stanch_server.review",
    "stanch_server.project",
    "bootstrap",
    "django_htmx",
    "django.contrib.contenttypes",  # asked for by the next
    "django.contrib.auth",  # sessions' people and passphrases; its own users, groups and permissions are not used
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
]
MIDDLEWARE = [
    "stanch_server.project.middleware.observe",
    "stanch_server.accounts.middleware.security_headers",  # outermost: refusals get their headers too
    "stanch_server.endpoints.door.api_door",  # programs have no session, so they pass by what follows
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "stanch_server.accounts.middleware.session_limits",  # before anybody asks whose session it is
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "stanch_server.accounts.middleware.RulesFirst",
    "axes.middleware.AxesMiddleware",
]
SILENCED_SYSTEM_CHECKS = ["security.W002"]  # X-Frame-Options is one of `security_headers`
ROOT_URLCONF = "stanch_server.project.urls"
WSGI_APPLICATION = "stanch_server.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "stanch_server.project.navigation.navigation",
            ]
        },
    }
]

# Found where they are, so that a checkout or a wheel serves them with nothing to collect.
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Forms hold text; what is larger comes in through intake, which has limits of its own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = LARGEST_REQUEST  # uploads stay in memory: content lies in no temporary file

# People. Passphrases are hashed by scrypt: it needs memory, which makes guessing on graphics cards dear.
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: it refuses before a passphrase is looked at
    "stanch_server.accounts.backends.PassphraseAndCode",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("sign_in_name", "display_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
OTP_TOTP_ISSUER = "Stanch"

# Sessions stand in the database, where they can be ended; `accounts.sessions` ends them in time.
SESSION_COOKIE_NAME = "__Host-stanch" if HTTPS else "stanch"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-stanch-csrf" if HTTPS else "stanch-csrf"
CSRF_COOKIE_AGE = None
CSRF_COOKIE_HTTPONLY = SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = ["^(healthz|readyz|metrics)$"]  # asked on the machine itself, past the proxy with TLS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"

# Five failures lock a name for one address, not for all: nobody shuts others out by knowing their names. Whoever
# guesses from many addresses is held off by the second factor, which waits twice as long after each failure.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "stanch_server.accounts.lockout.counted_name"
AXES_CLIENT_IP_CALLABLE = "stanch_server.accounts.lockout.counted_address"
AXES_LOCKOUT_CALLABLE = "stanch_server.accounts.lockout.locked_out"
AXES_PASSWORD_FORM_FIELD = "passphrase"  # noqa: S105 - the name of a field
AXES_SENSITIVE_PARAMETERS = ["name", "code", "csrfmiddlewaretoken", "next", "username", "ip_address"]
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

LOGGING = logs.configuration()
logs.use_structlog()
