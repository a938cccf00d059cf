"""No way that Wagtail offers brings out what was not signed, and none takes down past our own withdrawal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from wagtail.actions import PublishRevisionAction, UnpublishAction, action_registry
from wagtail.models import Revision, Task, Workflow, WorkflowContentType, WorkflowTask
from wagtail.test.utils.form_data import nested_form_data, streamfield

from gongkai.records import api
from gongkai.records.core.errors import StepRefused
from gongkai.records.models import Record, Release

pytestmark = pytest.mark.django_db
BASE = "wagtailsnippets_records_record:"


@pytest.fixture
def root(office) -> Client:
    """A client that may do everything, by posts and as superuser: rights must not be what keeps the paths closed."""
    office.office.is_superuser = True
    office.office.save(update_fields=["is_superuser"])
    client = Client()
    client.force_login(office.office, backend="gongkai.organisations.staff.backend.RoleBackend")
    return client


def nothing_out(record_id: int) -> bool:
    record = Record.objects.get(pk=record_id)
    return not record.live and not Release.objects.filter(record_id=record_id).exists()


def still_out(release) -> bool:
    record = api.get_record(record_id=release.record_id)
    current = next(iter(api.iter_current_releases()))
    return record.live and record.release_id == current.id == release.id


def editor_form(record_id: int, button: str) -> dict:
    revision = Record.objects.get(pk=record_id).latest_revision
    data = {button: "1", "title": "x", "kind": "notice", "grade": "ordinary", "disclosure": "active"}
    data |= {"validity_state": "valid", "loaded_revision_id": revision.pk}
    data |= {"loaded_revision_created_at": revision.created_at.isoformat()}
    return nested_form_data({**data, "body": streamfield([])})


@pytest.mark.parametrize("button", ["action-publish", "action-submit", "action-workflow-action"])
def test_buttons_of_the_editor_only_save(office, root, button):
    record = office.draft()
    before = Record.objects.get(pk=record.id).latest_revision_id
    root.post(reverse(f"{BASE}edit", args=[record.id]), editor_form(record.id, button))
    assert Record.objects.get(pk=record.id).latest_revision_id != before
    assert nothing_out(record.id)


def test_revision_publish(office):
    record = office.draft()
    with pytest.raises(StepRefused):
        Record.objects.get(pk=record.id).latest_revision.publish()
    assert nothing_out(record.id)


def test_record_publish(office):
    record = Record.objects.get(pk=office.draft().id)
    with pytest.raises(StepRefused):
        record.publish(record.latest_revision, user=office.leader, skip_permission_checks=True)
    assert nothing_out(record.pk)


def test_publish_action_executed_past_the_record(office):
    record = Record.objects.get(pk=office.draft().id)
    with pytest.raises(StepRefused), transaction.atomic():
        PublishRevisionAction(record.latest_revision).execute(skip_permission_checks=True)
    assert nothing_out(record.pk)


@pytest.mark.parametrize("name", ["publish", "unpublish", "delete", "revert", "create"])
def test_every_action_of_the_registry_that_could_bring_out_or_take_down(office, name):
    release = office.published()
    record = Record.objects.get(pk=release.record_id)
    action = action_registry.get_action_class(Record, name)
    revision = record.latest_revision
    built = {
        "publish": lambda: action(revision),
        "unpublish": lambda: action(record),
        "delete": lambda: action(record),
        "revert": lambda: action(record, revision),
        "create": lambda: action(record),
    }[name]()
    with pytest.raises(StepRefused):
        built.execute(skip_permission_checks=True)
    assert still_out(release)


def test_edit_action_with_publish(office):
    record = Record.objects.get(pk=office.draft().id)
    action = action_registry.get_action_class(Record, "edit")
    with pytest.raises(StepRefused):
        action(record, user=office.editor, publish=True).execute(skip_permission_checks=True)
    assert nothing_out(record.pk)


def test_edit_action_while_in_review(office):
    record_id = office.submitted().id
    shown = api.content_hash(record_id=record_id)
    record = Record.objects.get(pk=record_id)
    record.title = "审查中被改的标题"
    action = action_registry.get_action_class(Record, "edit")
    with pytest.raises(StepRefused), transaction.atomic():
        action(record, user=office.editor).execute(skip_permission_checks=True)
    assert api.content_hash(record_id=record_id) == shown


def test_wagtail_schedule_on_the_row_is_refused_by_the_database(office):
    record = office.draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Record.objects.filter(pk=record.id).update(go_live_at=office.now)


def test_scheduled_command_with_a_forged_schedule(office):
    record = office.draft()
    Revision.objects.filter(object_id=str(record.id)).update(
        approved_go_live_at=office.now - timedelta(days=1)
    )
    with pytest.raises(StepRefused), transaction.atomic():
        call_command("publish_scheduled")
    assert nothing_out(record.id)


def test_schedule_given_to_save_revision_is_dropped(office):
    record = Record.objects.get(pk=office.draft().id)
    revision = record.save_revision(user=office.editor, approved_go_live_at=office.now)
    assert Revision.objects.get(pk=revision.pk).approved_go_live_at is None


def test_expiry_command_takes_nothing_down(office):
    release = office.published()
    with pytest.raises(IntegrityError), transaction.atomic():
        Record.objects.filter(pk=release.record_id).update(expire_at=office.now - timedelta(days=1))
    call_command("publish_scheduled")
    assert still_out(release)


def test_unpublish_view(office, root):
    release = office.published()
    root.post(reverse(f"{BASE}unpublish", args=[release.record_id]))
    assert still_out(release)


def test_unpublish_action_executed_past_the_record(office):
    release = office.published()
    with pytest.raises(StepRefused), transaction.atomic():
        UnpublishAction(Record.objects.get(pk=release.record_id)).execute(skip_permission_checks=True)
    assert still_out(release)


def test_delete_view(office, root):
    release = office.published()
    root.post(reverse(f"{BASE}delete", args=[release.record_id]))
    assert still_out(release)


def test_bulk_delete(office, root):
    release = office.published()
    url = reverse("wagtail_bulk_action", args=["records", "record", "delete"])
    root.post(f"{url}?id={release.record_id}&next=/desk/")
    assert still_out(release)


def test_queryset_delete(office):
    record = office.draft()
    with pytest.raises(ProtectedError):
        Record.objects.filter(pk=record.id).delete()


def test_revert_view(office, root):
    release = office.published()
    old = Record.objects.get(pk=release.record_id).latest_revision_id
    url = reverse(f"{BASE}revisions_revert", args=[release.record_id, old])
    root.post(url, {"action-publish": "1", "title": "旧版本"})
    root.get(url)
    assert still_out(release)
    assert Record.objects.get(pk=release.record_id).latest_revision_id == old


@pytest.mark.parametrize(
    "name", ["unpublish", "delete", "lock", "unlock", "history", "usage", "workflow_history"]
)
def test_other_views_of_the_viewset_lead_to_our_page(office, root, name):
    release = office.published()
    answer = root.post(reverse(f"{BASE}{name}", args=[release.record_id]))
    assert answer.status_code == 302
    assert answer.url == reverse("records:page", args=[release.record_id])


def test_wagtail_workflow_assigned_by_an_administrator(office, root):
    workflow = Workflow.objects.create(name="默认")
    task = Task.objects.create(name="审", active=True)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
    WorkflowContentType.objects.create(workflow=workflow, content_type=Record.get_content_type())
    record = office.draft()
    stored = Record.objects.get(pk=record.id)
    assert not stored.has_workflow
    root.post(reverse(f"{BASE}edit", args=[record.id]), editor_form(record.id, "action-submit"))
    stored.refresh_from_db()
    state = workflow.start(stored, office.leader)
    with pytest.raises(StepRefused), transaction.atomic():
        state.finish(user=office.leader)
    assert nothing_out(record.id)


def test_workflow_views_are_closed(office, root):
    record = office.draft()
    for name, extra in (
        ("workflow_action", ["approve", 1]),
        ("collect_workflow_action_data", ["approve", 1]),
    ):
        answer = root.post(reverse(f"{BASE}{name}", args=[record.id, *extra]))
        assert answer.status_code == 302
    assert nothing_out(record.id)


def test_autosave_after_signing_never_rewrites_the_signed_revision(office):
    record_id = office.submitted().id
    stored = Record.objects.get(pk=record_id)
    signed = stored.latest_revision
    office.sign_all(record_id, upto="personal_data")
    api.send_back(record_id=record_id, user=office.secrecy, opinion="改标题", now=office.later())
    content = Revision.objects.get(pk=signed.pk).content

    stored.refresh_from_db()
    stored.title = "自动保存的标题"
    after = stored.save_revision(user=office.editor, overwrite_revision=signed, clean=False)

    assert after.pk != signed.pk
    assert Revision.objects.get(pk=signed.pk).content == content


def test_live_cannot_be_set_past_the_release(office):
    record = office.draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Record.objects.filter(pk=record.id).update(live=True)
    release = office.published()
    with pytest.raises(IntegrityError), transaction.atomic():
        Record.objects.filter(pk=release.record_id).update(live=False)
    assert still_out(release)


def test_old_revision_brings_no_state_back(office):
    first = office.published()
    old = Record.objects.get(pk=first.record_id).latest_revision
    api.withdraw(
        record_id=first.record_id,
        reason_code="error",
        note="",
        replaced_by=None,
        user=office.leader,
        now=office.later(),
    )
    revived = old.as_object()
    assert not revived.live
    assert revived.live_revision_id is None
    revived.save()
    assert not Record.objects.get(pk=first.record_id).live


def test_no_wagtail_api_is_mounted_for_records():
    from django.urls import get_resolver

    patterns = str(get_resolver().url_patterns)
    assert "api/v3" not in patterns
    assert "api/v2" not in patterns
