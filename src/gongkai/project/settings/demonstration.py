"""Demonstration: like production, but over plain HTTP on the loopback address."""

from gongkai.project.settings.base import *  # noqa: F403

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
