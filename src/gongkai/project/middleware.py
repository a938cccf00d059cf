"""Security headers for every answer that Django gives."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class SecurityHeaders:
    """Add the strict content policy and forbid caching of desk pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; headers already set by a view are kept."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self._policy(request))
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    @staticmethod
    def _policy(request: HttpRequest) -> str:
        """Return the content policy; the text editor, and it alone, may write style elements (ADR 0009). Never scripts."""
        policy = settings.CONTENT_SECURITY_POLICY
        if request.path.startswith(f"{settings.BASE_PATH}/desk/snippets/"):
            return policy.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
        return policy
