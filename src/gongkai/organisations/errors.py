"""What can go wrong in the organisations room; each says what, where and what to do."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models


class OrganisationError(Exception):
    """Base of the room's refusals."""

    code = "organisations.error"

    def __init__(self, message: str, *, where: str = "", remedy: str = "") -> None:
        self.message, self.where, self.remedy = message, where, remedy
        super().__init__("；".join(part for part in (message, where, remedy) if part))


class NotPermitted(OrganisationError):
    """The person's posts do not allow this."""

    code = "organisations.not_permitted"


class NoSuchOrganisation(OrganisationError, LookupError):
    """No organisation has this code."""

    code = "organisations.no_such_organisation"


class NoSuchPerson(OrganisationError, LookupError):
    """No account has this name."""

    code = "organisations.no_such_person"


class OrganisationRefused(OrganisationError, ValueError):
    """The organisation cannot be made or changed like this."""

    code = "organisations.organisation_refused"


class PersonRefused(OrganisationError, ValueError):
    """The account cannot be made or changed like this."""

    code = "organisations.person_refused"


class PostRefused(OrganisationError, ValueError):
    """The post cannot be given or ended like this."""

    code = "organisations.post_refused"


class DutiesSeparated(PostRefused):
    """The account already serves another duty (三员分立)."""

    code = "organisations.duties_separated"


def in_words(error: ValidationError, model: type[models.Model]) -> str:
    """Return the messages of a validation error, each after the Chinese name of its field."""
    if not hasattr(error, "error_dict"):
        return "；".join(error.messages)
    names = {f.name: str(getattr(f, "verbose_name", f.name)) for f in model._meta.get_fields()}
    return "；".join(
        f"{names[key]}：{text}" if key in names else text
        for key, texts in error.message_dict.items()
        for text in texts
    )
