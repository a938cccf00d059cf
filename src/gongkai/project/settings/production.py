"""Production: cookies only over TLS, hosts as the office set them."""

from gongkai.project.settings.base import *  # noqa: F403

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_HSTS_SECONDS = 31536000
