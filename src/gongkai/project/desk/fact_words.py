"""What each fact is called at the desk (事实名称), and the groups an auditor asks for (审计分类)."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.journal import api as journal

# Facts whose own description bears no Chinese title.
_WORDS = {
    "organisations.OrganisationCreated": "建立机构", "organisations.OrganisationRenamed": "机构更名",
    "organisations.OrganisationMoved": "机构改隶", "organisations.OrganisationClosed": "机构撤并",
    "organisations.UserCreated": "建立账号", "organisations.UserDisabled": "停用账号", "organisations.UserEnabled": "启用账号",
    "organisations.PostGiven": "任命岗位", "organisations.PostEnded": "免去岗位",
    "organisations.LoggedIn": "登录", "organisations.LoggedOut": "退出登录", "organisations.LogInFailed": "登录失败",
    "organisations.PasswordChanged": "修改口令", "organisations.AuthenticatorEnrolled": "绑定动态口令",
    "organisations.AuthenticatorRemoved": "停用动态口令", "organisations.RecoveryCodeUsed": "使用恢复码",
    "catalogue.CatalogueImported": "导入公开目录", "catalogue.ObligationOpened": "产生公开义务",
    "catalogue.ObligationMet": "履行公开义务", "catalogue.ObligationClosed": "撤销公开义务",
    "requests.ComplaintReceived": "收到信息公开申诉", "requests.ComplaintTaken": "开始调查申诉",
    "requests.ComplaintAnswered": "告知申诉结果", "requests.ComplainantShown": "查看申诉人信息",
    "requests.ComplaintErased": "删除申诉人信息", "requests.ComplaintFileRead": "查看申诉材料",
    "catalogue.ColumnSettingChanged": "修改栏目设置", "catalogue.TimelinessSettingChanged": "修改时效提醒设置",
    "catalogue.MonthlyListMade": "生成每月清单",
    "catalogue.ItemSettingChanged": "修改目录事项", "registers.RowRecorded": "填报台账", "registers.RowRemoved": "删除台账行",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """A question an auditor asks: the facts that answer it; `count_by` is the column its summary counts."""

    id: str
    title: str
    names: tuple[str, ...]
    count_by: str


GROUPS: tuple[Group, ...] = (
    Group("failed", "登录失败", ("organisations.LogInFailed",), "subject"),
    Group(
        "personal",
        "查看与导出个人信息",
        (
            "requests.PersonalDataShown",
            "requests.PersonalDataErased",
            "requests.QueryCodeRenewed",
            "requests.ComplainantShown",
            "requests.ComplaintFileRead",
            "requests.ComplaintErased",
            "project.DataExported",
        ),
        "actor_user_id",
    ),
    Group(
        "content",
        "信息的起草、审签、发布与撤下",
        (
            *(
                "records.RecordDrafted",
                "records.RecordSubmitted",
                "records.RecordSigned",
                "records.RecordApproved",
            ),
            *(
                "records.RecordSentBack",
                "records.RecordTakenBack",
                "records.FindingWaived",
                "records.RecordPublished",
            ),
            *("records.RecordWithdrawn", "records.WithdrawalReviewed", "records.PayloadErased"),
            *("records.RecordScheduled", "records.LaterReviewOpened", "records.LaterReviewClosed"),
            *("records.RecordWithheld", "records.WithholdingAssessed", "records.ReviewSettingChanged"),
            *("records.AmendmentStarted", "records.AmendmentDropped", "records.RecordDiscarded"),
        ),
        "actor_user_id",
    ),
    Group(
        "rights",
        "账号、岗位与口令",
        (
            *("organisations.UserCreated", "organisations.UserDisabled", "organisations.UserEnabled"),
            *("organisations.PostGiven", "organisations.PostEnded", "organisations.PasswordChanged"),
            *("organisations.AuthenticatorEnrolled", "organisations.AuthenticatorRemoved"),
            "organisations.RecoveryCodeUsed",
        ),
        "actor_user_id",
    ),
    Group(
        "retention",
        "保管与处置",
        (
            *("project.RetentionTermChosen", "project.DisposalProposed", "project.DisposalDecided"),
            *("project.DisposalCarriedOut", "requests.PersonalDataErased", "requests.ComplaintErased"),
            *("records.DraftErased", "records.PayloadErased"),
        ),
        "actor_user_id",
    ),
    Group(
        "audit",
        "导出与审计",
        ("project.DataExported", "project.SpanExported", "project.SentenceTraced"),
        "actor_user_id",
    ),
)


def fact_words() -> dict[str, str]:
    """Return the Chinese word of every known fact."""
    return {name: name for name in journal.fact_names()} | journal.fact_titles() | _WORDS


def group_of(identity: str) -> Group | None:
    """Return the group with this id, None for all facts."""
    return next((group for group in GROUPS if group.id == identity), None)
