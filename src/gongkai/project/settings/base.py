"""Settings shared by every mode. Safe by default: DEBUG is off, hosts are named, keys come from the home."""

from __future__ import annotations

from pathlib import Path

from gongkai.kernel.secrets import read_or_make_key
from gongkai.project.environment import read_environment
from gongkai.project.retention.rules import log_days
from gongkai.project.settings.attachments import attachments_storage
from gongkai.project.settings.database import databases
from gongkai.project.settings.logging import logging_config
from gongkai.project.settings.mail import mail_settings
from gongkai.project.settings.security import *  # noqa: F403
from gongkai.project.settings.wagtail import *  # noqa: F403

ENVIRONMENT = read_environment()
HOME = ENVIRONMENT.home
(HOME / "logs").mkdir(parents=True, exist_ok=True)

DEBUG = False
SECRET_KEY = read_or_make_key(ENVIRONMENT.secret_dir, "django").hex()
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
if ENVIRONMENT.trusted_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "gongkai.project",
    "gongkai.annual_report",
    "gongkai.supervision",
    "gongkai.portal",
    "gongkai.requests",
    "gongkai.registers",
    "gongkai.records",
    "gongkai.catalogue",
    "gongkai.organisations",
    "gongkai.journal",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.sites",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "gongkai.project.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "gongkai.organisations.staff.gate.AccountGate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "gongkai.project.urls"
WSGI_APPLICATION = "gongkai.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = databases(ENVIRONMENT.database_url, HOME)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default", "publish", "idle"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [str(Path(__file__).resolve().parents[1] / "locale")]

BASE_PATH = ENVIRONMENT.base_path
STATIC_URL = f"{BASE_PATH}/desk-static/"
STATIC_ROOT = HOME / "desk-static"
STORAGES = {
    "default": attachments_storage(ENVIRONMENT.attachments, folder=ENVIRONMENT.media_dir),
    "staticfiles": {"BACKEND": "gongkai.project.desk.static_files.DeskStaticFiles"},
}
LOGIN_URL = f"{BASE_PATH}/desk/login/"
PUBLIC_DIR = ENVIRONMENT.public_dir
SITE_URL = ENVIRONMENT.site_url
CHANNEL_ADDRESS = ENVIRONMENT.channel_address
CHANNEL_FRAGMENTS, CHANNEL_STYLES = ENVIRONMENT.channel_fragments, ENVIRONMENT.channel_styles
PORTAL_ASK_PATH = "ask/"
globals().update(mail_settings(url=ENVIRONMENT.mail_url, sender=ENVIRONMENT.mail_from))

LOGGING = logging_config(
    HOME, ENVIRONMENT.log_level, days=log_days(ENVIRONMENT.log_days), as_json=ENVIRONMENT.log_format == "json"
)
METRICS_PATH, METRICS_TOKEN = ENVIRONMENT.metrics_path, ENVIRONMENT.metrics_token
