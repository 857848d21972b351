"""Django's settings. What an operator may change is declared in `environment.py`."""

import os
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from chengzhi.database import django_database
from chengzhi.environment import read_settings
from chengzhi.keys import prepare_home, secret

ENV = read_settings(os.environ)
HOME: Path = prepare_home(ENV["CHENGZHI_HOME"])
PACKAGE = Path(__file__).resolve().parent

# -- security --------------------------------------------------------------------------
SECRET_KEY = secret(HOME, "secret_key")
DEBUG: bool = ENV["CHENGZHI_DEBUG"]
ALLOWED_HOSTS: list[str] = ENV["CHENGZHI_ALLOWED_HOSTS"]
PUBLIC_URL: str = ENV["CHENGZHI_PUBLIC_URL"].rstrip("/")
DEMO_ACCOUNTS: bool = ENV["CHENGZHI_DEMO_ACCOUNTS"]
BRANCH: bool = ENV["CHENGZHI_BRANCH"]
_SECURE = PUBLIC_URL.startswith("https://")
CSRF_FAILURE_VIEW = "chengzhi.web.shell.problems.csrf_failure"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
X_FRAME_OPTIONS = "DENY"
if ENV["CHENGZHI_BEHIND_PROXY"]:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    AXES_IPWARE_PROXY_COUNT = 1

# -- applications ----------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "procrastinate.contrib.django",
    # the areas with tables, from the bottom of the stack up
    "chengzhi.files",
    "chengzhi.jobs",
    "chengzhi.ledger",
    "chengzhi.places",
    "chengzhi.people",
    "chengzhi.notices",
    "chengzhi.registers",
    "chengzhi.cases",
    "chengzhi.reports",
    "chengzhi.inspections",
    "chengzhi.branch.organisation",
    "chengzhi.branch.rectification",
    "chengzhi.branch.commitments",
    "chengzhi.branch.appraisal",
    "chengzhi.branch.lectures",
    "chengzhi.outcomes",
    "chengzhi.pipeline",
    "chengzhi.api",
    "chengzhi.web",
    # the pages: templates and words, no tables
    "chengzhi.web.shell",
    "chengzhi.web.account",
    "chengzhi.web.manage",
    "chengzhi.web.evaluation",
    "chengzhi.web.imports",
    "chengzhi.web.upper",
    "chengzhi.web.competence",
    "chengzhi.web.domains",
    "chengzhi.web.registers",
    "chengzhi.web.party",
    "chengzhi.web.desk_case",
    "chengzhi.web.field",
    "chengzhi.web.rounds",
    "chengzhi.web.organisation",
    "chengzhi.web.rectification",
    "chengzhi.web.commitments",
    "chengzhi.web.appraisal",
    "chengzhi.web.lectures",
]
MIDDLEWARE = [
    "chengzhi.web.shell.security.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Calls of the API leave here: a staff key needs no session, form token or message.
    "chengzhi.api.lane.ApiLaneMiddleware",
    # Ballots leave here: no session, account, address, cookie or log line knows of them.
    "chengzhi.web.appraisal.ballot_lane.BallotLaneMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    # Cookie, then account, then Chinese; no page has the language in its address.
    "chengzhi.web.shell.preferences.LanguageMiddleware",
    "chengzhi.web.access.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "chengzhi.web.shell.problems.ProblemMiddleware",
]
ROOT_URLCONF = "chengzhi.urls"
WSGI_APPLICATION = "chengzhi.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "chengzhi.web.shell.context.shell",
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- database --------------------------------------------------------------------------
_POOL = {"min_size": 1, "max_size": ENV["CHENGZHI_DATABASE_POOL"], "timeout": 30}
DATABASES = {
    "default": django_database(
        HOME,
        ENV["DATABASE_URL"],
        ENV["CHENGZHI_DATABASE_ROLE"],
        _POOL if ENV["CHENGZHI_PROCESS"] == "web" else None,
    )
}
PROCRASTINATE_READONLY_MODELS = True
# Jobs are declared in each area's jobs.py and imported by the worker only (wiring.py).
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""

# -- people ----------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
# Lock-out counts per account and address together, so that nobody can lock a colleague out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_LOCKOUT_CALLABLE = "chengzhi.web.account.login.locked_out"
OTP_TOTP_ISSUER = "城治 Chengzhi"

# -- language and time -----------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 31_536_000
LOCALE_PATHS = sorted(str(path) for path in PACKAGE.glob("**/locale") if (path / "zh_Hans").is_dir())
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# -- files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
# Served from where the package lies: nothing to collect, so a wheel serves at once.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600
MEDIA_ROOT = HOME / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_PERMISSIONS = 0o600

# -- messages and logs -----------------------------------------------------------------
DEFAULT_FROM_EMAIL: str = ENV["CHENGZHI_MAIL_FROM"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    # stderr: what a command reports on stdout stays one line of JSON.
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
