"""Files chosen for a complaint that is not sent yet (已选的申诉材料): kept sealed like those of a request form, so that a mistake elsewhere loses none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gongkai.requests.errors import Refused
from gongkai.requests.services import wizard


@dataclass(slots=True)
class ComplaintFiles:
    """The files of a form: `token` goes with the page; a draft is begun only with the first file that can be taken."""

    institution: str
    token: str
    filling: wizard.Filling | None

    @classmethod
    def none(cls, institution: str) -> ComplaintFiles:
        """Return a form without files."""
        return cls(institution, "", None)

    @classmethod
    def resume(cls, institution: str, *, token: str) -> ComplaintFiles:
        """Return the files of a page that comes back; none when its draft is gone."""
        filling = wizard.resume(token=token, org_code=_place(institution))
        return cls(institution, token if filling else "", filling)

    @property
    def listed(self) -> list[dict[str, str]]:
        """Return name, size and digest of each file."""
        return list(self.filling.files) if self.filling else []

    def take(self, uploads: Iterable[Any], *, now: datetime) -> list[str]:
        """Keep what can be kept; return in Chinese why the others cannot."""
        faults: list[str] = []
        for upload in uploads:
            if self.filling is None:
                self.token, self.filling = wizard.begin(org_code=_place(self.institution), now=now)
            try:
                wizard.keep_file(
                    self.filling, kind="complaint", name=str(upload.name), data=upload.read(), now=now
                )
            except Refused as refused:
                faults.append(str(refused))
        return faults

    def drop(self, digest: str, *, now: datetime) -> None:
        """Take a file out."""
        if self.filling is not None:
            wizard.drop_file(self.filling, digest=digest, now=now)

    def opened(self) -> list[tuple[str, bytes]]:
        """Return name and bytes of all; raises Refused while they cannot be read."""
        return wizard.open_files(self.filling) if self.filling else []

    def discard(self) -> None:
        """Forget the draft: its files went with the complaint."""
        if self.filling is not None:
            wizard.discard(self.filling)


def _place(institution: str) -> str:
    """Return under what a draft is kept, apart from forms of requests."""
    return f"complaint:{institution}"[:60]
