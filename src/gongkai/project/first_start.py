"""What a first start puts into an empty home (首次启动), and what every start says."""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

from django.db import transaction
from django.utils import timezone

from gongkai.project import home
from gongkai.project.environment import Environment

DEMONSTRATION = "gongkai.project.demonstration"


def _demonstration() -> ModuleType | None:
    """Return the demonstration package, or None where the installation leaves it out."""
    if importlib.util.find_spec(DEMONSTRATION) is None:
        return None
    return importlib.import_module(DEMONSTRATION)


def fill(environment: Environment, *, empty: bool, say: home.Say) -> None:
    """Load the demonstration authority into an empty home without the production marker, then build a missing public tree.

    With `empty` the authority and its people come without any content.
    """
    demonstration = None if environment.production else _demonstration()
    if demonstration is not None and home.is_empty():
        home.mark_demonstration(environment)
        say("装入演示机构" + ("（不含内容）" if empty else "与一年的演示内容"))
        with transaction.atomic():  # all or nothing: a start that was cut off begins again
            demonstration.load(now=timezone.now(), content=not empty, say=say)
    from gongkai.portal import api as portal

    if not (environment.public_dir / "index.html").is_file():
        say("生成公开网站")
        portal.build(full=True, today=timezone.localdate())
        return
    try:
        portal.place_assets()  # after an upgrade; the worker builds the pages again within a minute
    except portal.TreeNotWritable as error:
        say(str(error))


def welcome(environment: Environment) -> list[str]:
    """Return the lines with addresses and, for a demonstration, the log-ins."""
    base = f"http://{environment.host}:{environment.port}{environment.base_path}"
    lines = [f"公开网站  {base}/", f"工作台    {base}/desk/"]
    demonstration = _demonstration() if home.is_demonstration(environment) else None
    if demonstration is not None:
        lines.append("演示账号（只在本机演示环境有效）：")
        lines.extend(
            f"  {entry.username:<12} {entry.password:<18} {entry.role}" for entry in demonstration.log_ins()
        )
    return lines
