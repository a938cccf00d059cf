"""The WSGI application of the office side (desk, forms, search)."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongkai.project.settings.production")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
