"""Facts of the organisations room. A person is a number (`user:12`), never a name."""

from __future__ import annotations

from datetime import date

from gongkai.journal.facts import Code, Fact, Sha256


class OrganisationCreated(Fact, name="organisations.OrganisationCreated"):
    """An organisation came to be; `parent` is None for the top of a tree."""

    kind: Code
    institution_type: Code | None = None
    parent: Code | None = None


class OrganisationRenamed(Fact, name="organisations.OrganisationRenamed"):
    """An organisation bears another name from the day of the fact on; `name_id` is the row of the new name, `basis` the digest of what it rests on."""

    name_id: int
    basis: Sha256 | None = None


class OrganisationMoved(Fact, name="organisations.OrganisationMoved"):
    """An organisation hangs under another parent from the day of the fact on."""

    parent: Code


class OrganisationClosed(Fact, name="organisations.OrganisationClosed"):
    """An organisation ended with that day; `merged_into` took its duties over, `others` took over something else.

    `basis` is the digest of the document that it rests on.
    """

    merged_into: Code | None = None
    others: tuple[Code, ...] = ()
    basis: Sha256 | None = None


class UserCreated(Fact, name="organisations.UserCreated"):
    """An account was made."""


class UserDisabled(Fact, name="organisations.UserDisabled"):
    """An account was closed to log-in."""


class UserEnabled(Fact, name="organisations.UserEnabled"):
    """An account was opened to log-in again."""


class PostGiven(Fact, name="organisations.PostGiven"):
    """A person got a role at an organisation; counts from the first day of the post."""

    post: int
    role: Code
    until: date | None = None
    deputy_for: Code | None = None


class PostEnded(Fact, name="organisations.PostEnded"):
    """A post ended; counts for its last day."""

    post: int
    role: Code


class LoggedIn(Fact, name="organisations.LoggedIn"):
    """Somebody logged in."""


class LoggedOut(Fact, name="organisations.LoggedOut"):
    """Somebody logged out."""


class LogInFailed(Fact, name="organisations.LogInFailed"):
    """A log-in failed; the subject is `user:0` when no such account exists."""


class PasswordChanged(Fact, name="organisations.PasswordChanged"):
    """A password was set; `by_other` when an administrator did."""

    by_other: bool = False


class AuthenticatorEnrolled(Fact, name="organisations.AuthenticatorEnrolled"):
    """A person began to use one-time codes."""


class AuthenticatorRemoved(Fact, name="organisations.AuthenticatorRemoved"):
    """One-time codes were switched off for a person."""

    by_other: bool = False


class RecoveryCodeUsed(Fact, name="organisations.RecoveryCodeUsed"):
    """A recovery code was used in place of a one-time code."""
