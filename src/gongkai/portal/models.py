"""Subscriptions by e-mail (邮件订阅). The address is sealed; tokens are random and kept as digests; what was mailed is kept by release."""

from __future__ import annotations

from django.db import models


class Subscription(models.Model):
    """One address and what it wants: a column, a topic or a keyword. `sealed` holds the address and both tokens."""

    KINDS = (("column", "栏目"), ("topic", "专题"), ("keyword", "关键词"))

    kind = models.CharField(max_length=10, choices=KINDS)
    value = models.CharField(max_length=100)
    sealed = models.BinaryField()
    address_key = models.CharField(max_length=64, db_index=True)
    confirm_digest = models.CharField(max_length=64, unique=True)
    leave_digest = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    from_release = models.BigIntegerField(default=0)
    seen_release = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["address_key", "kind", "value"], name="portal_subscription_once")
        ]

    @property
    def owner(self) -> str:
        """Return the name that its sealed particulars are bound to."""
        return f"subscription:{self.leave_digest}"


class Digest(models.Model):
    """One mail to one subscription (一封摘要): claimed before it is sent, so that it never leaves twice."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="digests")
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()


class DigestEntry(models.Model):
    """A release that a digest told of; the database refuses the same release for the same subscription twice."""

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="entries")
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE)
    release_id = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["subscription", "release_id"], name="portal_digest_entry_once")
        ]


class CalendarFeed(models.Model):
    """A calendar address of one person for one organisation (日历订阅). The token is kept as digest; revoked rows stay as a trace."""

    token_digest = models.CharField(max_length=64, unique=True)
    user_id = models.BigIntegerField(db_index=True)
    org_code = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
