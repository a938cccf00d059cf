"""Wagtail's own ways out, closed (发布旁路): actions, bulk deletion, menu entries. The service is the only way."""

from __future__ import annotations

from typing import Any, NoReturn

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.actions import DeleteAction, PublishRevisionAction, RevertToRevisionAction, UnpublishAction
from wagtail.actions.create import CreateAction
from wagtail.actions.edit import EditAction

from gongkai.records.core.errors import StepRefused
from gongkai.records.models import Record

_KEPT = frozenset({"action-save", "action-hand-in", "action-locked"})
_REMEDY = "发布请经审签，撤下请用“撤回”，不要的草稿请“作废”"


def _refuse(what: str, where: str) -> NoReturn:
    raise StepRefused(code="closed_path", message=f"“{what}”不能从这里进行", where=where, remedy=_REMEDY)


class NoPublishing(PublishRevisionAction):
    """Publishing by Wagtail's action is refused."""

    def execute(self, skip_permission_checks: bool = False) -> NoReturn:
        """Refuse."""
        _refuse("发布", str(self.object))


class NoUnpublishing(UnpublishAction):
    """Unpublishing by Wagtail's action is refused."""

    def execute(self, skip_permission_checks: bool = False) -> NoReturn:
        """Refuse."""
        _refuse("取消发布", str(self.object))


class NoDeleting(DeleteAction):
    """Deleting is refused: numbers and releases stay."""

    def execute(self, skip_permission_checks: bool = False) -> NoReturn:
        """Refuse."""
        _refuse("删除", str(self.instance))


class NoCreating(CreateAction):
    """Creating by Wagtail's action is refused: a draft needs an organisation."""

    def execute(self, skip_permission_checks: bool = False) -> NoReturn:
        """Refuse."""
        _refuse("新建", "信息")


class DraftOnly(EditAction):
    """Editing by Wagtail's action keeps a revision and never publishes."""

    def execute(self, skip_permission_checks: bool = False) -> Any:
        """Refuse to publish, else edit."""
        if self.publish:
            _refuse("发布", str(self.instance))
        return super().execute(skip_permission_checks=skip_permission_checks)


class NoReverting(RevertToRevisionAction):
    """Reverting by Wagtail's action is refused: an old text comes back through the editor, with its author."""

    def execute(self, skip_permission_checks: bool = False) -> NoReturn:
        """Refuse."""
        _refuse("恢复旧版本", str(self.instance))


ACTIONS = (NoPublishing, NoUnpublishing, NoDeleting, NoCreating, DraftOnly, NoReverting)


def register_actions(registry: Any) -> None:
    """Put our refusals in the place of Wagtail's actions for records (hook `register_actions`)."""
    for action in ACTIONS:
        registry.register(Record, action)


def refuse_deletion(request: HttpRequest, instances: Any) -> HttpResponse | None:
    """Answer every attempt to delete records, one or many (hook `before_delete_snippet`)."""
    if any(isinstance(instance, Record) for instance in instances):
        messages.error(request, f"信息不能删除。{_REMEDY}。")
        return redirect("records:list")
    return None


def only_saving(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Leave only “save draft” in the editor's menu (hook `construct_snippet_action_menu`)."""
    if context.get("model") is Record or isinstance(context.get("instance"), Record):
        menu_items[:] = [item for item in menu_items if item.name in _KEPT]
