"""People, the sources they work for, and the keys of programs."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device

from stanch_server.accounts.capabilities import ROLE_NAMES, Role
from stanch_server.accounts.names import LONGEST, normalise


class PersonManager(BaseUserManager["Person"]):
    """Finds people by the name they sign in with."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Return a person by sign-in name, however it was typed."""
        return self.get(sign_in_name=normalise(username or ""))


class Person(AbstractBaseUser):
    """Someone who signs in. Elsewhere only the id is kept: names can be erased here, in one place.

    There is no flag that opens everything: what a person may do is the sum of their memberships.
    """

    last_login = None  # sign-ins are in the audit log, under its period of retention

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sign_in_name = models.CharField(_("sign-in name"), max_length=LONGEST, unique=True)
    display_name = models.CharField(_("name shown to others"), max_length=LONGEST)
    is_active = models.BooleanField(_("active"), default=True)

    otp_device: Device | None = None  # what proved the second factor in this session; django-otp sets it

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "sign_in_name"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        """Names for people."""

        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        """Return the opaque id: what is logged by accident names nobody."""
        return self.actor

    @property
    def actor(self) -> str:
        """The opaque id under which records name this person."""
        return str(self.id)


class Source(models.Model):
    """A site or product of the operator; every item, key, policy and webhook belongs to one."""

    class State(models.TextChoices):
        """Whether it takes part."""

        ACTIVE = "active", _("active")
        CLOSED = "closed", _("closed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ACTIVE)

    class Meta:
        """Names for people."""

        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class Membership(models.Model):
    """What a person is to one source, or to all of them."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, null=True, related_name="memberships")
    role = models.CharField(max_length=10, choices=[(role.value, ROLE_NAMES[role]) for role in Role])

    class Meta:
        """One row for each: NULLs are told apart by databases, so those have a rule of their own."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "source", "role"], name="membership_once"),
            models.UniqueConstraint(
                fields=["person", "role"], condition=Q(source=None), name="membership_everywhere_once"
            ),
        ]

    def __str__(self) -> str:
        """Return the role; whose it is stays out of logs."""
        return self.role


class SignInLink(models.Model):
    """A link that signs one person in once. Only its hash is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_in_links")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Return its number only."""
        return str(self.pk)


class ApiKey(models.Model):
    """A program's key to one source. The prefix is shown in lists; of the secret only a hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=8, db_index=True)
    secret_hash = models.CharField(max_length=64)
    capabilities = models.JSONField(_("capabilities"))
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    expires_at = models.DateTimeField(_("expires"))
    last_used_day = models.DateField(_("last used"), null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """Names for people."""

        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        """Return what lists show of it."""
        return f"{self.prefix}…"
