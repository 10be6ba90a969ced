"""Django settings, driven by the environment. Every variable is named here.

`CORDEE_SECRET_KEY`   required, unless `CORDEE_DEBUG` is set
`CORDEE_DEBUG`        1 on a developer's machine only: detailed error pages
`CORDEE_DEMO`         1 for the demo and the tests only: lets `cordee demo_root` sign all
`CORDEE_DATA`         directory of the database and of the sealed pages (default `var`)
`DATABASE_URL`        `sqlite:///…` (default: in CORDEE_DATA) or `postgres://…`
`CORDEE_HOSTS`        comma list of names that the server answers to (default: this machine)
`CORDEE_PUBLIC_URL`   address that people use; `https://` makes cookies secure and redirects there
`REDIS_URL`           channel layer between several processes (default: in memory, one process)
`CORDEE_TURN_URLS`    comma list, as `turn:relay.example:3478?transport=udp`
`CORDEE_TURN_SECRET`  secret shared with the relay for short-lived credentials
`CORDEE_STUN_URLS`    comma list, as `stun:relay.example:3478`
`CORDEE_OSRM_URL`     OSRM server that knows the roads, as `http://127.0.0.1:5000`
"""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from cordee.accounts.rules import LOCK_OUT_LASTS
from cordee.config import environment
from cordee.config.logs import configure_logs
from cordee.config.mail import mail

PACKAGE = Path(__file__).resolve().parent.parent

DEBUG = environment.flag("CORDEE_DEBUG")
IS_DEMO = environment.flag("CORDEE_DEMO")
SECRET_KEY = environment.text("CORDEE_SECRET_KEY") or ("for-this-machine-only" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "CORDEE_SECRET_KEY manque : donnez une longue suite de caractères au hasard."
    )
ALLOWED_HOSTS = environment.words("CORDEE_HOSTS", "localhost,127.0.0.1,[::1]")
PUBLIC_URL = environment.text("CORDEE_PUBLIC_URL").rstrip("/")

DATA = Path(environment.text("CORDEE_DATA", "var")).absolute()
PAGES = DATA / "pages"
DATABASE_URL = environment.text("DATABASE_URL") or f"sqlite:///{DATA / 'cordee.sqlite3'}"
DATABASES = {"default": environment.database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA.mkdir(parents=True, exist_ok=True)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "channels",
    "cordee.config",
    "cordee.journal",
    "cordee.notices",
    "cordee.accounts",
    "cordee.territory",
    "cordee.directory",
    "cordee.fleet",
    "cordee.appointments",
    "cordee.visits",
    "cordee.documents",
    "cordee.live",
    "cordee.api",
    "cordee.jobs",
    "cordee.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "cordee.config.static.StaticMiddleware",
    "cordee.config.zones.ZoneMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cordee.config.access.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "cordee.config.urls"
ASGI_APPLICATION = "cordee.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

_redis = environment.text("REDIS_URL")
IS_SHARED = bool(_redis)
"""Whether other processes serve the same database."""
CHANNEL_LAYERS = {
    "default": (
        {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [_redis], "capacity": 1000},
        }
        if _redis
        else {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}
    )
}

# Counts of tries live here: with several processes they have to be shared.
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _redis}
        if _redis
        else {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    )
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/connexion/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = LOCK_OUT_LASTS
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "cordee.web.entrance.views.locked_out"
# The log-in form and `authenticate` say `username`, whatever the account's field is called.
AXES_USERNAME_FORM_FIELD = "username"
# Attempts are counted by the account meant, however its address was written.
AXES_USERNAME_CALLABLE = "cordee.web.entrance.views.account_tried"
AXES_VERBOSE = False

IS_HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
# uvicorn believes X-Forwarded-Proto of this machine, or of those in FORWARDED_ALLOW_IPS.
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # a balancer asks without TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # the names below ours are not ours to promise HTTPS for
    "security.W021",  # likewise
    "security.W019",  # the counter frames our own mirror page
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "connect-src": [SELF, *environment.socket_origin(PUBLIC_URL)],
        "media-src": [SELF, "blob:"],
        "img-src": [SELF, "blob:", "data:"],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

TURN_URLS = environment.words("CORDEE_TURN_URLS")
TURN_SECRET = environment.text("CORDEE_TURN_SECRET")
STUN_URLS = environment.words("CORDEE_STUN_URLS")
OSRM_URL = environment.text("CORDEE_OSRM_URL").rstrip("/")

MAIL_URL = environment.text("CORDEE_MAIL_URL")
_mail = mail(MAIL_URL)
EMAIL_BACKEND = _mail.backend
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.use_starttls, _mail.use_tls
EMAIL_TIMEOUT = 20
ANYMAIL = {**_mail.anymail, "REQUESTS_TIMEOUT": EMAIL_TIMEOUT}
MAIL_KEYS = _mail.keys
DEFAULT_FROM_EMAIL = environment.text("CORDEE_MAIL_FROM", "cordee@localhost")
MAIL_DOMAIN = DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
SMS_URL = environment.text("CORDEE_SMS_URL")
SMS_SECRET = environment.text("CORDEE_SMS_SECRET")

LOGGING_CONFIG = None
configure_logs()
