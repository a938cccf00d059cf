"""How the desk's static files are stored: hashed names, gzip beside each; brotli would cost a first start ten seconds."""

from __future__ import annotations

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class DeskStaticFiles(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage with gzip only."""

    def create_compressor(self, **options: Any) -> Compressor:
        """Return a compressor without brotli."""
        return Compressor(use_brotli=False, **options)
