"""Where attachments lie (附件存放处): a folder of the home, or an object store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gongkai.project.store_address import S3


def attachments_storage(place: str, *, folder: Path) -> dict[str, Any]:
    """Return Django's entry of the default storage for `folder` or `s3`."""
    if place == S3:
        return {"BACKEND": "gongkai.project.store.storage.ObjectStorage"}
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder), "base_url": "/desk/media-private/"},
    }
