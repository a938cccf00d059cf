"""Starting Django for a command, the worker or the web server; the home's marker chooses the settings."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

from gongkai.project.environment import Environment, read_environment


def name_settings() -> Environment:
    """Name the settings module for this home unless the caller already named one; return the surroundings."""
    environment = read_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", environment.settings_module)
    return environment


@contextmanager
def loading() -> Iterator[None]:
    """Let nobody look for rubbish while the program is loaded, nor among what was loaded: a fifth of every start went there."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if on:
            gc.enable()


def start_django() -> Environment:
    """Load Django once; later calls cost nothing. Returns the surroundings."""
    environment = name_settings()
    from django.apps import apps

    if not apps.ready:
        import django

        with loading():
            django.setup()
    return environment
