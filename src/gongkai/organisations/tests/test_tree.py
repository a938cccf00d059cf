"""The tree of organisations and its changes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gongkai.journal.api import entries
from gongkai.organisations import api
from gongkai.organisations.models import Organisation, OrganisationName, Post
from gongkai.organisations.testing import NOW, TODAY, make_person, make_tree

pytestmark = pytest.mark.django_db
WHEN = {"today": TODAY, "now": NOW}


@pytest.fixture(autouse=True)
def _tree() -> None:
    make_tree()


def test_tree_reads_in_order_with_paths() -> None:
    info = api.get_organisation(code="demo-hospital-ward")
    assert (info.path, info.parent_code, info.short_name) == (
        "/demo/demo-hospital/demo-hospital-ward/",
        "demo-hospital",
        "院办公室",
    )
    assert [o.code for o in api.list_organisations(under="demo-hospital")] == [
        "demo-hospital",
        "demo-hospital-ward",
    ]
    assert {o.code for o in api.list_organisations(kind="authority")} == {"demo", "other"}
    assert api.subtree_codes(code="other") == {"other", "other-office"}
    assert api.authority_of(code="demo-hospital-ward").code == "demo"
    assert api.authority_of(code="demo").code == "demo"


def test_create_organisation_writes_fact() -> None:
    entry = next(e for e in entries(names=["organisations.OrganisationCreated"]) if e.org == "demo-hospital")
    assert entry.body == {"institution_type": "hospital", "kind": "institution", "parent": "demo"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"code": "Demo X"}, "不合规则"),
        ({"code": "demo"}, "已有机构"),
        ({"kind": "ministry"}, "类别"),
        ({"kind": "section", "parent_code": None}, "没有上级"),
        ({"kind": "institution", "institution_type": "pub"}, "机构类型"),
        ({"kind": "section", "institution_type": "hospital"}, "机构类型"),
        ({"kind": "authority", "parent_code": "demo-office"}, "上级只能是机关"),
        ({"site": api.SiteInfo(site_name="某网站")}, "不是机关"),
    ],
)
def test_create_organisation_refusals_are_named(values: dict[str, object], words: str) -> None:
    whole = {"code": "new", "name": "新科室", "kind": "section", "parent_code": "demo"} | values
    with pytest.raises(api.OrganisationRefused, match=words):
        api.create_organisation(**whole, **WHEN)


def test_site_profile_is_checked_and_snapshot_is_plain() -> None:
    with pytest.raises(api.OrganisationRefused, match="10 位"):
        api.set_site(
            code="demo", site=api.SiteInfo(site_name="示范区卫生健康局", site_code="12"), today=TODAY
        )
    api.set_site(
        code="demo", site=api.SiteInfo(site_name="示范区卫生健康局", site_code="1199990001"), today=TODAY
    )
    snapshot = {row["code"]: row for row in api.portal_snapshot()}
    assert snapshot["demo"]["site"]["site_code"] == "1199990001"
    assert snapshot["demo-office"]["site"] is None
    assert snapshot["demo-office"]["names"] == [{"name": "办公室", "from": None, "to": None}]


def test_rename_keeps_the_old_name_with_its_last_day() -> None:
    api.rename_organisation(code="demo-control", name="疾控科", from_date=TODAY, **WHEN)
    assert api.get_organisation(code="demo-control").name == "疾控科"
    names = list(
        OrganisationName.objects.filter(organisation__code="demo-control").values_list("name", "to_date")
    )
    assert sorted(names, key=str) == sorted(
        [("疾病预防控制科", TODAY - timedelta(days=1)), ("疾控科", None)], key=str
    )
    with pytest.raises(api.OrganisationRefused, match="不晚于"):
        api.rename_organisation(code="demo-control", name="别名", from_date=TODAY, **WHEN)
    with pytest.raises(api.OrganisationRefused, match="还没到"):
        api.rename_organisation(code="demo-control", name="别名", from_date=date(2021, 1, 1), **WHEN)


def test_move_takes_the_subtree_along() -> None:
    api.move_organisation(code="demo-hospital", parent_code="other", **WHEN)
    assert api.get_organisation(code="demo-hospital-ward").path == "/other/demo-hospital/demo-hospital-ward/"
    assert api.authority_of(code="demo-hospital-ward").code == "other"
    with pytest.raises(api.OrganisationRefused, match="之下"):
        api.move_organisation(code="other", parent_code="demo-hospital", **WHEN)


def test_merge_hands_subordinates_over_and_keeps_history() -> None:
    post_holder = make_person("alpha", ("institution_clerk", "demo-hospital"))
    api.create_organisation(
        code="demo-second",
        name="第二医院",
        kind="institution",
        parent_code="demo",
        institution_type="hospital",
        **WHEN,
    )
    close = {"code": "demo-hospital", "on": TODAY, "merged_into": "demo-second", **WHEN}
    with pytest.raises(api.OrganisationRefused, match="下属"):
        api.close_organisation(code="demo-hospital", on=TODAY, **WHEN)
    api.close_organisation(**close)
    assert Post.objects.get(user=post_holder).to_date == TODAY, "posts end with the closing"
    info = api.get_organisation(code="demo-hospital")
    assert (info.closed_date, info.merged_into) == (TODAY, "demo-second")
    assert api.get_organisation(code="demo-hospital-ward").parent_code == "demo-second"
    assert "demo-hospital" not in {o.code for o in api.list_organisations()}
    assert "demo-hospital" in {o.code for o in api.list_organisations(include_closed=True)}
    with pytest.raises(api.OrganisationRefused, match="撤销"):
        api.create_organisation(code="late", name="新科", kind="section", parent_code="demo-hospital", **WHEN)
    (entry,) = entries(names=["organisations.OrganisationClosed"])
    assert entry.body == {"merged_into": "demo-second", "others": [], "basis": None}


def test_only_system_administrators_change_the_tree() -> None:
    editor, system = (
        make_person("editor", ("section_editor", "demo")),
        make_person("system", ("system_admin", "demo")),
    )
    values = {"code": "demo-new", "name": "新科室", "kind": "section", "parent_code": "demo", **WHEN}
    with pytest.raises(api.NotPermitted):
        api.create_organisation(**values, user=editor)
    with pytest.raises(api.NotPermitted):
        api.create_organisation(**(values | {"parent_code": "other"}), user=system)
    api.create_organisation(**values, user=system)
    assert Organisation.objects.filter(code="demo-new").exists()


def test_names_are_those_of_the_nine_types() -> None:
    assert len(api.institution_types()) == 9
    assert list(api.institution_types().values())[2] == "医院"
