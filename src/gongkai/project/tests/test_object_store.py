"""The bucket against a real store that fails in every way: stored means stored, gone means gone, and nothing is said that is not known."""

from __future__ import annotations

import copy
import hashlib
import io
import logging
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gongkai.kernel.attachment_errors import AttachmentDamaged, AttachmentsAway
from gongkai.project.environment import read_environment
from gongkai.project.store import client as store_client
from gongkai.project.store.bucket import Bucket, Held
from gongkai.project.store.examine import probe
from gongkai.project.store_address import StoreAddress, read_address
from tools.testing.object_store import FaultyDoor, ObjectStoreServer

pytestmark = pytest.mark.once

OPEN_POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}'


@pytest.fixture
def server(object_store: ObjectStoreServer) -> ObjectStoreServer:
    object_store.door.heal()
    return object_store


@pytest.fixture(scope="module")
def address(object_store: ObjectStoreServer) -> StoreAddress:
    found = read_address(
        object_store.environ(GONGKAI_S3_BACKUP_BUCKET="office-backup"), secret_dir=Path("/nowhere")
    )
    assert found is not None
    return found


@pytest.fixture(scope="module")
def impatient(address: StoreAddress) -> Bucket:
    """One client for the module: making one takes most of a second."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store_client, "READ_SECONDS", 1)
        return Bucket(address, below="shared")


@pytest.fixture
def bucket(impatient: Bucket, server: ObjectStoreServer, request: pytest.FixtureRequest) -> Bucket:
    found = copy.copy(impatient)
    found.prefix = f"{found.address.prefix}/{request.node.name}/"
    return found


def put(bucket: Bucket, name: str, data: bytes, **more: bool) -> bool:
    digest = hashlib.sha256(data).hexdigest()
    return bucket.put(name, io.BytesIO(data), sha256=digest, size_bytes=len(data), **more)


def held(data: bytes) -> Held:
    return Held(len(data), hashlib.sha256(data).hexdigest())


def test_what_is_put_comes_back_and_goes(bucket: Bucket) -> None:
    assert bucket.head("a/1") is None
    assert put(bucket, "a/1", b"one")
    assert put(bucket, "a/1", b"one")  # the same again
    assert not put(bucket, "a/1", b"two")  # never overwritten
    assert bucket.get("a/1").read() == b"one"
    assert put(bucket, "a/1", b"two", replace=True)
    assert put(bucket, "b", b"")
    assert list(bucket.names()) == [("a/1", 3), ("b", 0)]
    bucket.delete("a/1")
    bucket.delete("a/1")
    with pytest.raises(FileNotFoundError):
        bucket.get("a/1")


@pytest.mark.parametrize("kind", ["cut", "lost", "busy", "half"])
def test_one_failed_answer_changes_nothing(bucket: Bucket, server: ObjectStoreServer, kind: str) -> None:
    data = kind.encode() * 1000
    server.door.fail(kind, "PUT")
    assert put(bucket, "x", data)
    server.door.fail(kind, "GET")
    assert bucket.get("x").read() == data
    server.door.fail(kind, "DELETE")
    bucket.delete("x")
    assert bucket.head("x") is None


def test_an_answer_lost_for_good_is_settled_by_looking(bucket: Bucket, server: ObjectStoreServer) -> None:
    server.door.fail("lost", "PUT", times=store_client.TRIES)
    assert put(bucket, "x", b"taken, then silence")
    assert list(bucket.names()) == [("x", 19)]


def test_nothing_is_said_to_be_stored_that_is_not(bucket: Bucket, server: ObjectStoreServer) -> None:
    server.door.fail("cut", "PUT", times=store_client.TRIES)
    with pytest.raises(AttachmentsAway, match="应答中途断开"):
        put(bucket, "x", b"never arrived")
    server.door.heal()
    assert bucket.head("x") is None
    server.door.fail("lost", "PUT", times=store_client.TRIES)
    server.door.fail("cut", "HEAD", times=0)
    assert put(bucket, "x", b"never arrived")


def test_a_slow_answer_is_given_up_and_asked_again(bucket: Bucket, server: ObjectStoreServer) -> None:
    server.door.fail("slow", "PUT", seconds=1.5)
    assert put(bucket, "x", b"slow")
    assert bucket.get("x").read() == b"slow"


def test_changed_bytes_are_read_again_and_never_handed_out(bucket: Bucket, server: ObjectStoreServer) -> None:
    assert put(bucket, "x", b"as it was")
    server.door.fail("changed", "GET")
    assert bucket.get("x").read() == b"as it was"
    server.door.fail("changed", "GET", times=9)
    with pytest.raises(AttachmentDamaged, match="与存入时不同"):
        bucket.get("x")


def test_a_store_without_conditions_is_looked_at_first(bucket: Bucket, server: ObjectStoreServer) -> None:
    server.door.fail("no_conditions", "PUT", times=1)
    assert put(bucket, "x", b"old store")
    assert not put(bucket, "x", b"other")
    assert bucket.get("x").read() == b"old store"


def test_deleted_is_gone_where_versions_are_kept(bucket: Bucket) -> None:
    bucket.client.put_bucket_versioning(Bucket=bucket.bucket, VersioningConfiguration={"Status": "Enabled"})
    try:
        assert bucket.keeps_versions()
        assert put(bucket, "x", b"first")
        assert put(bucket, "x", b"second", replace=True)
        bucket.delete("x")
        rest = bucket.client.list_object_versions(Bucket=bucket.bucket, Prefix=f"{bucket.prefix}x")
        assert "Versions" not in rest
        assert "DeleteMarkers" not in rest
    finally:
        bucket.client.put_bucket_versioning(
            Bucket=bucket.bucket, VersioningConfiguration={"Status": "Suspended"}
        )


def test_names_are_listed_over_many_pages(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        assert put(bucket, f"n/{number}", bytes(number))
    plain = bucket.client.list_objects_v2
    monkeypatch.setattr(bucket.client, "list_objects_v2", lambda **named: plain(**named, MaxKeys=3))
    assert list(bucket.names("n/")) == [(f"n/{number}", number) for number in range(7)]


def test_wrong_bucket_wrong_place_and_missing_keys_say_so(address: StoreAddress, tmp_path: Path) -> None:
    with pytest.raises(AttachmentsAway, match="没有这个存储桶"):
        list(Bucket(address, below="x", bucket="no-such-bucket").names())
    nobody = replace(address, endpoint="http://127.0.0.1:9")
    with pytest.raises(AttachmentsAway, match=r"连不上 http://127\.0\.0\.1:9"):
        Bucket(nobody, below="x", quick=True).head("x")
    with pytest.raises(AttachmentsAway, match="读不了密钥文件"):
        Bucket(replace(address, keys=tmp_path / "none"), below="x")
    with pytest.raises(AttachmentsAway, match="GONGKAI_S3_CA"):
        Bucket(replace(address, ca_file=str(tmp_path / "none.pem")), below="x")
    open_to_all = tmp_path / "keys"
    open_to_all.write_text("access_key=a\nsecret_key=b\n", encoding="ascii")
    open_to_all.chmod(0o644)
    with pytest.raises(AttachmentsAway, match="别人也能读"):
        Bucket(replace(address, keys=open_to_all), below="x")


def test_the_secret_is_in_no_log_and_no_message(
    bucket: Bucket, server: ObjectStoreServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert put(bucket, "x", b"logged")
    server.door.fail("busy", "GET", times=9)
    with pytest.raises(AttachmentsAway) as caught:
        bucket.get("x")
    secret = "Geheim-0123456789"
    assert secret not in caplog.text + repr(caught.value) + repr(bucket.address)
    assert "Signature" not in caplog.text


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GONGKAI_S3_ENDPOINT", "minio.example"),
        ("GONGKAI_S3_ENDPOINT", "https://user:word@minio.example"),
        ("GONGKAI_S3_ENDPOINT", "https://minio.example/path"),
        ("GONGKAI_S3_BUCKET", "Not A Bucket"),
        ("GONGKAI_S3_ADDRESSING", "dns"),
        ("GONGKAI_S3_PREFIX", "a/../b"),
        ("GONGKAI_ATTACHMENTS", "cloud"),
    ],
)
def test_a_wrong_setting_is_named(object_store: ObjectStoreServer, variable: str, value: str) -> None:
    with pytest.raises(ValueError, match=variable):
        read_environment(object_store.environ(**{variable: value}))


def test_attachments_in_a_store_need_a_store() -> None:
    with pytest.raises(ValueError, match="GONGKAI_S3_ENDPOINT"):
        read_environment({"GONGKAI_ATTACHMENTS": "s3"})
    assert read_environment({}).object_store is None


def test_a_private_certificate_is_trusted_by_its_file_only(
    object_store: ObjectStoreServer, address: StoreAddress, tmp_path: Path
) -> None:
    certificate = make_certificate(tmp_path)
    door = FaultyDoor(behind=object_store.door.behind)
    over_tls = replace(address, endpoint=door.start(certificate))
    try:
        with pytest.raises(AttachmentsAway, match=r"不信任.*GONGKAI_S3_CA"):
            Bucket(over_tls, below="tls", quick=True).head("x")
        trusting = Bucket(replace(over_tls, ca_file=str(certificate)), below="tls", quick=True)
        assert put(trusting, "x", b"over tls")
        assert trusting.get("x").read() == b"over tls"
    finally:
        door.stop()


def make_certificate(folder: Path) -> Path:
    """Write a certificate for the loopback address, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "store")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "store.pem"
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(pem) + plain)
    return path


def test_probe_tells_private_from_public(address: StoreAddress, bucket: Bucket) -> None:
    assert [state for state, _, _ in probe(address)] == ["ok"] * 4
    bucket.client.put_bucket_acl(Bucket=address.backup_bucket, ACL="public-read")
    bucket.client.put_bucket_policy(Bucket=address.backup_bucket, Policy=OPEN_POLICY)
    try:
        assert any("不用密钥也能读" in message for _, message, _ in probe(address))
    finally:
        bucket.client.put_bucket_acl(Bucket=address.backup_bucket, ACL="private")
        bucket.client.delete_bucket_policy(Bucket=address.backup_bucket)
