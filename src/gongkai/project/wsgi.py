"""The WSGI application of the office side (desk, forms)."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from gongkai.project.django_setup import name_settings

name_settings()
application = get_wsgi_application()
