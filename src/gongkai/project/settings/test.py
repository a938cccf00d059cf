"""Tests: a throw-away home, fast password hashing, DATABASE_URL honoured so that every test runs on both databases."""

import atexit
import os
import shutil
import tempfile

_HOME = tempfile.mkdtemp(prefix="gongkai-test-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["GONGKAI_HOME"] = _HOME
os.environ.pop("GONGKAI_BASE_PATH", None)

from gongkai.project.settings.base import *  # noqa: E402, F403

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, not memory: threads and transactions then behave as in the real home. Durability is not wanted here.
    DATABASES["default"]["TEST"] = {"NAME": f"{_HOME}/test.sqlite3"}  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # noqa: F405
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
(HOME / "desk-static").mkdir()  # noqa: F405
STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOGGING = {"version": 1, "disable_existing_loggers": False}
