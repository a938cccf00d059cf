"""Starting Django for a command, the worker or the web server; the home's marker chooses the settings."""

from __future__ import annotations

import os

from gongkai.project.environment import Environment, read_environment


def name_settings() -> Environment:
    """Name the settings module for this home unless the caller already named one; return the surroundings."""
    environment = read_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", environment.settings_module)
    return environment


def start_django() -> Environment:
    """Load Django once; later calls cost nothing. Returns the surroundings."""
    environment = name_settings()
    import django

    django.setup()
    return environment
