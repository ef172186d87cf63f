"""Which addresses are taken, how secrets lie in the database, and what stands in a signature."""

from datetime import UTC, datetime
from ipaddress import ip_address
from uuid import uuid4

import pytest
from django.db import connection
from standardwebhooks.webhooks import Webhook as Verifier

from stanch_server.accounts.models import Source
from stanch_server.audit.models import AuditPayload
from stanch_server.intake.models import Webhook
from stanch_server.intake.webhooks import operations, signing
from stanch_server.intake.webhooks.addresses import allowed, read
from stanch_server.intake.webhooks.errors import (
    AddressError,
    Problem,
    RemovedWebhookError,
    SealedSecretError,
    TooManyWebhooksError,
)
from stanch_server.intake.webhooks.sealing import seal, unseal
from tests.server.conftest import START
from tests.server.intake.webhook_cast import add

INSIDE = [
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("100.64.0.1", "100.100.100.200", "169.254.169.254", "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "168.63.129.16", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254"),
    *("fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::1", "2001::7f00:1", "2001:db8::1"),
    *("fe80::1%eth0", "100::1", "5f00::1"),
]
OUTSIDE = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::808:808", "::ffff:8.8.8.8"]
NEVER = [
    *("169.254.169.254", "0.0.0.0", "224.0.0.1", "::", "fe80::1", "ff02::1", "168.63.129.16", "fd00:ec2::254"),
    *("::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"),
]


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert not allowed(ip_address(address), private=False)


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_addresses_are_allowed(address: str) -> None:
    assert allowed(ip_address(address), private=False)


@pytest.mark.parametrize("address", NEVER)
def test_where_ones_own_network_is_allowed_what_hands_out_credentials_is_not(address: str) -> None:
    assert not allowed(ip_address(address), private=True)
    assert allowed(ip_address("10.0.0.1"), private=True)
    assert allowed(ip_address("fd12::1"), private=True)
    assert allowed(ip_address("::1"), private=True)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://receiver.example/", Problem.NOT_HTTPS),
        ("ftp://receiver.example/", Problem.NOT_A_URL),
        ("javascript:alert(1)", Problem.NOT_A_URL),
        ("receiver.example", Problem.NOT_A_URL),
        ("https:///x", Problem.NOT_A_URL),
        ("", Problem.NOT_A_URL),
        ("https://receiver.example:99999/", Problem.NOT_A_URL),
        ("https://receiver.example:0/", Problem.NOT_A_URL),
        ("https://user:word@receiver.example/", Problem.CREDENTIALS),
        ("https://receiver.example@127.0.0.1/", Problem.CREDENTIALS),
        ("https://receiver.example/" + "x" * 500, Problem.TOO_LONG),
        ("https://127.0.0.1/", Problem.NOT_PUBLIC),
        ("https://0.0.0.0/", Problem.NOT_PUBLIC),
        ("https://2130706433/", Problem.NOT_PUBLIC),
        ("https://0x7f.1/", Problem.NOT_PUBLIC),
        ("https://0177.0.0.1/", Problem.NOT_A_URL),
        ("https://[::ffff:127.0.0.1]/", Problem.NOT_PUBLIC),
        ("https://[::1]:8443/", Problem.NOT_PUBLIC),
    ],
)
def test_addresses_that_cannot_be_are_refused_when_they_are_typed(url: str, problem: Problem) -> None:
    with pytest.raises(AddressError) as caught:
        read(url, private=False)
    assert caught.value.problem is problem


def test_addresses_are_kept_in_ascii_without_a_fragment() -> None:
    assert str(read(" https://مثال.إختبار/م#part ", private=False)) == "https://xn--mgbh0fb.xn--kgbechtv/%D9%85"
    assert str(read("http://127.0.0.1:8001/x", private=True)) == "http://127.0.0.1:8001/x"


def test_a_signature_is_what_the_public_library_makes() -> None:
    secret, at = bytes(range(32)), datetime(2026, 3, 1, 9, tzinfo=UTC)
    body = '{"reasons":"لأنّ"}'
    made = signing.headers("msg_1", body.encode(), keys=[secret, b"old"], at=at)
    first, second = made["webhook-signature"].split(" ")
    assert first == Verifier(signing.shown(secret)).sign("msg_1", at, body)
    assert second == Verifier(signing.shown(b"old")).sign("msg_1", at, body)
    assert (made["webhook-id"], made["webhook-timestamp"]) == ("msg_1", "1772355600")
    assert len(signing.new_secret()) == 32
    assert signing.new_secret() != signing.new_secret()


def test_a_sealed_secret_opens_in_its_own_row_only() -> None:
    one, other = uuid4(), uuid4()
    sealed = seal(b"secret", webhook=one)
    assert b"secret" not in sealed
    assert sealed != seal(b"secret", webhook=one), "a nonce is used once"
    assert unseal(sealed, webhook=one) == b"secret"
    altered = bytearray(sealed)
    altered[-1] ^= 1
    for wrong, webhook in [(sealed, other), (bytes(altered), one), (b"", one), (b"\x02" + sealed[1:], one)]:
        with pytest.raises(SealedSecretError):
            unseal(wrong, webhook=webhook)


@pytest.mark.django_db
def test_a_secret_is_shown_once_and_stands_nowhere_in_the_database(source: Source) -> None:
    webhook, secret = add(source, "https://receiver.example/")
    plain = unseal(bytes(webhook.secret), webhook=webhook.id)
    assert signing.shown(plain) == secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM intake_webhook")
        row = cursor.fetchall()
    assert plain not in b"".join(bytes(one) for one in row[0] if isinstance(one, bytes | memoryview))
    assert not AuditPayload.objects.filter(detail__contains="receiver.example").exists()


@pytest.mark.django_db
def test_a_source_has_ten_webhooks_and_what_is_removed_is_not_counted(source: Source) -> None:
    made = [add(source, "https://receiver.example/")[0] for _ in range(10)]
    with pytest.raises(TooManyWebhooksError):
        add(source, "https://receiver.example/")
    operations.remove_webhook(webhook=made[0], acting_user="alice", at=START)
    add(source, "https://receiver.example/")
    with pytest.raises(RemovedWebhookError):
        operations.rotate_secret(webhook=made[0], acting_user="alice", at=START)
    assert Webhook.objects.filter(removed=None).count() == 10
