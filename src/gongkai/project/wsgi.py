"""The WSGI application of the office side (desk, forms): loaded by the front, or behind the socket that only the front reaches."""

from __future__ import annotations

import os

from gongkai.project.django_setup import loading, name_settings

name_settings()
with loading():
    from django.core.wsgi import get_wsgi_application

    from gongkai.portal.office import as_the_front_saw_it

    _office = get_wsgi_application()
application = as_the_front_saw_it(_office) if os.environ.get("GONGKAI_OFFICE_SOCKET") else _office
