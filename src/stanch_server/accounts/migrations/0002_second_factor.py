"""The second factor. Not in the first step: django-otp's tables need the people's, and this needs django-otp's."""

from typing import Any, ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """Make proxies; no table changes."""

    dependencies: ClassVar[list[Any]] = [
        ("accounts", "0001_initial"),
        ("otp_static", "0003_add_timestamps"),
        ("otp_totp", "0003_add_timestamps"),
    ]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="Authenticator",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("otp_totp.totpdevice",),
        ),
        migrations.CreateModel(
            name="RecoveryCodes",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("otp_static.staticdevice",),
        ),
    ]
