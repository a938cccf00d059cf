"""The rooms with their attachments in an object store: kept, read, erased; while it is away nothing is lost and people are told."""

from __future__ import annotations

import copy
import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage, storages
from django.test import RequestFactory

from gongkai.kernel.attachment_errors import AttachmentsAway
from gongkai.project import health, jobs
from gongkai.project.environment import read_environment
from gongkai.project.failure_page import answer_failure
from gongkai.project.models import WaitingDeletion
from gongkai.project.store import client
from gongkai.records import api as records
from tools.testing.object_store import ObjectStoreServer

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def store(
    object_store: ObjectStoreServer,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> ObjectStoreServer:
    """Keep attachments of this test in the store, below a prefix of its own."""
    object_store.door.heal()
    monkeypatch.setattr(client, "READ_SECONDS", 2)
    monkeypatch.setattr(client, "TRIES", 2)
    prefix = request.node.name.replace("_", "-")
    found = read_environment(object_store.environ(GONGKAI_ATTACHMENTS="s3", GONGKAI_S3_PREFIX=prefix))
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, attachments="s3", object_store=found.object_store)
    settings.STORAGES = {
        **copy.copy(settings.STORAGES),
        "default": {"BACKEND": "gongkai.project.store.storage.ObjectStorage"},
    }
    return object_store


def stored(text: str = "附件内容") -> str:
    return records.store_file(stream=io.BytesIO(text.encode()), name="附件.txt", now=NOW).sha256


def keys_of_store() -> list[str]:
    return [name for name, _ in storages["default"].bucket.names()]  # type: ignore[attr-defined]


def test_a_file_is_kept_once_and_read_as_it_was(store: ObjectStoreServer) -> None:
    sha256 = stored()
    assert stored() == sha256
    assert keys_of_store() == [f"records/{sha256[:2]}/{sha256}"]
    assert list(records.damaged_files()) == []
    assert list(records.stored_names()) == keys_of_store()
    with pytest.raises(NotImplementedError):
        default_storage.url(keys_of_store()[0])


def test_while_the_store_is_away_people_are_told_and_no_row_is_written(store: ObjectStoreServer) -> None:
    store.door.fail("cut", "*", times=99)
    with pytest.raises(records.BadInput, match=r"没有存成.*请过几分钟再传一次"):
        stored()
    assert list(records.stored_names()) == []
    store.door.heal()
    assert len(stored()) == 64


def test_damaged_bytes_are_found_and_repaired_by_storing_again(store: ObjectStoreServer) -> None:
    sha256 = stored()
    name, bucket = keys_of_store()[0], storages["default"].bucket  # type: ignore[attr-defined]
    bucket.client.put_object(**bucket.arguments(name), Body=b"other", Metadata={"sha256": "0" * 64})
    assert [found for found, _ in records.damaged_files()] == [sha256]
    stored()
    assert list(records.damaged_files()) == []


def test_a_deletion_waits_for_the_store(store: ObjectStoreServer) -> None:
    name = f"records/{(sha256 := stored())[:2]}/{sha256}"
    store.door.fail("cut", "DELETE", times=99)
    default_storage.delete(name)
    assert WaitingDeletion.objects.get().name == name
    assert not default_storage.exists(name)
    with pytest.raises(AttachmentsAway):
        jobs.delete_waiting_attachments()
    found = [
        result
        for result in health.examine(django_settings.ENVIRONMENT, now=NOW)
        if result.name == "object_store"
    ]
    assert any("1 个附件等着删除" in result.message for result in found)
    store.door.heal()
    assert jobs.delete_waiting_attachments() == 1
    assert keys_of_store() == []
    assert not WaitingDeletion.objects.exists()


def test_a_file_that_is_wanted_again_is_not_deleted_later(store: ObjectStoreServer) -> None:
    name = f"records/{(sha256 := stored())[:2]}/{sha256}"
    store.door.fail("cut", "DELETE", times=99)
    default_storage.delete(name)
    store.door.heal()
    stored()
    assert jobs.delete_waiting_attachments() == 0
    assert default_storage.exists(name)


def test_health_says_what_is_wrong_with_the_store(store: ObjectStoreServer) -> None:
    def states() -> list[tuple[str, str]]:
        found = health.examine(django_settings.ENVIRONMENT, now=NOW, expect_worker=False)
        return [(result.state, result.message) for result in found if result.name == "object_store"]

    assert states()[0][0] == "ok"
    store.door.fail("cut", "*", times=99)
    assert states() == [("fail", f"{store.endpoint} 应答中途断开")]
    assert next(health.attachments()).state == "ok"  # nothing is registered, so nothing is missing
    store.door.heal()
    stored()
    store.door.fail("cut", "*", times=99)
    assert next(health.attachments()).message.startswith("读不到")


def test_a_page_says_that_attachments_are_away() -> None:
    try:
        raise AttachmentsAway("连不上 https://store.example")
    except AttachmentsAway:
        answer = answer_failure(RequestFactory().get("/desk/"))
    assert answer.status_code == 503
    assert "附件暂时取不到" in answer.content.decode()
    assert "store.example" not in answer.content.decode()
    assert answer.headers["Retry-After"]


def test_a_citizen_keeps_what_was_typed(store: ObjectStoreServer) -> None:
    from gongkai.requests.errors import Refused
    from gongkai.requests.services import wizard

    token, filling = wizard.begin(org_code="demo", now=NOW)
    filling.values["content"] = "申请公开某项预算"
    wizard.keep(filling, now=NOW)
    store.door.fail("cut", "PUT", times=99)
    with pytest.raises(Refused, match="填写的内容都在"):
        wizard.keep_file(filling, kind="request", name="说明.txt", data="说明材料".encode(), now=NOW)
    again = wizard.resume(token=token, org_code="demo")
    assert again is not None
    assert (again.values["content"], again.files) == ("申请公开某项预算", [])
    store.door.heal()
    wizard.keep_file(again, kind="request", name="说明.txt", data="说明材料".encode(), now=NOW)
    name = keys_of_store()[0]
    with default_storage.open(name) as stream:
        assert "说明材料".encode() not in stream.read()
    wizard.drop_file(again, digest=again.files[0]["sha256"], now=NOW)
    assert keys_of_store() == []
