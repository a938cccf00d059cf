"""Facts of the requests room (依申请公开的事实). `seq` numbers the facts of one case without a gap, `state` is where it stands after."""

from __future__ import annotations

from datetime import date

from gongkai.journal.facts import Code, Fact, Sha256


class RequestRegistered(Fact, name="requests.RequestRegistered"):
    """A request arrived (登记); counts as received only once the receipt day is fixed."""

    seq: int
    state: Code
    channel: Code
    applicant_kind: Code
    arrived: date


class ReceiptConfirmed(Fact, name="requests.ReceiptConfirmed"):
    """The receipt day is fixed (确认收到); `on` is that day. This is what 本年新收 counts."""

    seq: int
    state: Code
    channel: Code
    applicant_kind: Code
    clock_version: Code
    how: Code


class ContactTried(Fact, name="requests.ContactTried"):
    """The office tried to reach the applicant to confirm (联系确认)."""

    seq: int
    state: Code


class RequestSetAside(Fact, name="requests.RequestSetAside"):
    """A paper that could never be confirmed (未受理)."""

    seq: int
    state: Code
    reason: Code


class RequestAccepted(Fact, name="requests.RequestAccepted"):
    """The request is complete (审查通过)."""

    seq: int
    state: Code


class SupplementAsked(Fact, name="requests.SupplementAsked"):
    """The one-time notice to supplement (补正告知)."""

    seq: int
    state: Code
    grounds: tuple[Code, ...]
    due: date
    in_time: bool


class SupplementReceived(Fact, name="requests.SupplementReceived"):
    """The supplement arrived (补正); the limit begins anew on `on`, unless `restarts` is false."""

    seq: int
    state: Code
    restarts: bool


class RequestAssigned(Fact, name="requests.RequestAssigned"):
    """Sent to a section with an inner date (分办)."""

    seq: int
    state: Code
    section: Code
    inner_due: date


class AssignmentReturned(Fact, name="requests.AssignmentReturned"):
    """The section sent it back (退回分办)."""

    seq: int
    state: Code
    section: Code


class RequestHandedOver(Fact, name="requests.RequestHandedOver"):
    """Another handler took over (移交)."""

    seq: int
    state: Code
    handler: int


class RequestSplit(Fact, name="requests.RequestSplit"):
    """The request has this many parts (拆分)."""

    seq: int
    state: Code
    parts: int


class SearchLogged(Fact, name="requests.SearchLogged"):
    """A search was made (检索)."""

    seq: int
    state: Code
    found: bool


class OpinionGiven(Fact, name="requests.OpinionGiven"):
    """Section, secrecy or legal opinion (审查意见)."""

    seq: int
    state: Code
    kind: Code
    agrees: bool


class ThirdPartyAsked(Fact, name="requests.ThirdPartyAsked"):
    """A third party was asked (征求第三方意见); the clock stands still from the next day."""

    seq: int
    state: Code
    consultation: int


class JointMakerAsked(Fact, name="requests.JointMakerAsked"):
    """A joint maker or another agency was asked (征求其他机关意见)."""

    seq: int
    state: Code
    consultation: int


class ConsultationDelivered(Fact, name="requests.ConsultationDelivered"):
    """The letter of consultation arrived (意见书送达)."""

    seq: int
    state: Code
    consultation: int
    due: date


class ConsultationAnswered(Fact, name="requests.ConsultationAnswered"):
    """The answer, or the end of the wait (答复意见)."""

    seq: int
    state: Code
    consultation: int
    answer: Code


class ReasonsAsked(Fact, name="requests.ReasonsAsked"):
    """The applicant was asked for reasons (要求说明理由)."""

    seq: int
    state: Code


class ReasonsReceived(Fact, name="requests.ReasonsReceived"):
    """The applicant gave reasons (说明理由)."""

    seq: int
    state: Code


class ReplyDelayed(Fact, name="requests.ReplyDelayed"):
    """A delayed day was fixed and told (延迟答复)."""

    seq: int
    state: Code
    until: date


class ExtensionProposed(Fact, name="requests.ExtensionProposed"):
    """An extension was asked for (拟延期)."""

    seq: int
    state: Code
    working_days: int


class ExtensionApproved(Fact, name="requests.ExtensionApproved"):
    """The head of the disclosure office approved it (批准延期)."""

    seq: int
    state: Code
    working_days: int


class ReplyExtended(Fact, name="requests.ReplyExtended"):
    """The applicant was told of the extension on `on` (告知延期)."""

    seq: int
    state: Code
    working_days: int


class FeeCharged(Fact, name="requests.FeeCharged"):
    """A fee notice was served (收费通知)."""

    seq: int
    state: Code
    mode: Code
    count: int
    yuan: int
    due: date


class FeePaid(Fact, name="requests.FeePaid"):
    """The fee was paid (缴费); the limit begins anew."""

    seq: int
    state: Code
    yuan: int


class PartDecided(Fact, name="requests.PartDecided"):
    """A part has its outcome (作出决定)."""

    seq: int
    state: Code
    part: int
    outcome: Code


class ReplySubmitted(Fact, name="requests.ReplySubmitted"):
    """The reply went to its signers (送签)."""

    seq: int
    state: Code
    letter: int
    sha256: Sha256


class ReplySigned(Fact, name="requests.ReplySigned"):
    """One signature (签批)."""

    seq: int
    state: Code
    letter: int
    slot: Code
    sha256: Sha256


class ReplySentBack(Fact, name="requests.ReplySentBack"):
    """The reply was sent back; its signatures are void (退回修改)."""

    seq: int
    state: Code
    letter: int


class RequestClosed(Fact, name="requests.RequestClosed"):
    """The request ended on `on` (办结): the row of the annual report it counts in. This is what 办理结果 counts."""

    seq: int
    state: Code
    row: Code
    applicant_kind: Code
    outcomes: tuple[Code, ...]
    how: Code
    way: Code | None
    due: date | None
    in_time: bool
    rule_version: int


class NoticeServed(Fact, name="requests.NoticeServed"):
    """A letter other than the reply was served (送达)."""

    seq: int
    state: Code
    letter: int
    kind: Code
    way: Code


class LatePaperNoted(Fact, name="requests.LatePaperNoted"):
    """A paper arrived after the case was closed (办结后来件)."""

    seq: int
    state: Code


class RequestRated(Fact, name="requests.RequestRated"):
    """The applicant rated the handling (评价), 1 to 5."""

    seq: int
    state: Code
    score: int


class RemedyLodged(Fact, name="requests.RemedyLodged"):
    """A reconsideration or a suit was lodged (提起救济)."""

    seq: int
    state: Code
    remedy: int
    kind: Code


class RemedyEnded(Fact, name="requests.RemedyEnded"):
    """It ended (救济办结): upheld, corrected or other."""

    seq: int
    state: Code
    remedy: int
    kind: Code
    result: Code


class RoundOpened(Fact, name="requests.RoundOpened"):
    """A further round began (重新办理) because a reconsideration or suit was corrected; its own limit runs from `on`."""

    seq: int
    state: Code
    round: int
    remedy: int
    named: date | None


class RoundClosed(Fact, name="requests.RoundClosed"):
    """A further round ended on `on` (重新办理办结). It does not count again in table three."""

    seq: int
    state: Code
    round: int
    row: Code
    outcomes: tuple[Code, ...]
    how: Code
    way: Code | None
    due: date | None
    in_time: bool
    rule_version: int


class ReplyReleased(Fact, name="requests.ReplyReleased"):
    """The reply went on its way to everyone, as a record (转为主动公开)."""

    seq: int
    state: Code
    record: int


class RequestArchived(Fact, name="requests.RequestArchived"):
    """The file was closed for the archive (归档)."""

    seq: int
    state: Code
    sha256: Sha256
    keep_until: date | None


class PersonalDataErased(Fact, name="requests.PersonalDataErased"):
    """Personal data went after its term (删除个人信息)."""

    seq: int
    state: Code


class PersonalDataShown(Fact, name="requests.PersonalDataShown"):
    """Somebody saw unmasked personal data, for a reason (查看个人信息)."""

    seq: int
    state: Code
    reason: Code


class ReplyFindingWaived(Fact, name="requests.ReplyFindingWaived"):
    """A finding about others in a reply file was let pass with a reason (放行答复附件的检查发现); the reason stands in the room's table."""

    seq: int
    state: Code
    waiver: int
    sha256: Sha256
    detector: Code


class QueryCodeRenewed(Fact, name="requests.QueryCodeRenewed"):
    """The applicant got a new query code after showing who they are (补发查询码)."""

    seq: int
    state: Code


class DeadlineMoved(Fact, name="requests.DeadlineMoved"):
    """The calendar changed and moved the limit (期限重算)."""

    seq: int
    state: Code
    before: date | None
    after: date | None


class DisclosureProposed(Fact, name="requests.DisclosureProposed"):
    """Several people asked for the same: it may be moved to proactive disclosure (建议主动公开)."""

    digest: Sha256
    requests: int
    applicants: int


class OfficeSettingsChanged(Fact, name="requests.OfficeSettingsChanged"):
    """An authority changed its own choices (机关设置): which ones; what they say stands in the room's table."""

    changed: tuple[Code, ...]
    mail_notices: bool
    online_receipt: Code | None


class ComplaintReceived(Fact, name="requests.ComplaintReceived"):
    """Somebody complained that an institution does not publish what it must (信息公开申诉); `on` is the day it arrived."""

    institution: Code
    item: Code | None = None


class ComplaintTaken(Fact, name="requests.ComplaintTaken"):
    """A handler began to look into a complaint (开始调查)."""

    institution: Code


class ComplaintAnswered(Fact, name="requests.ComplaintAnswered"):
    """The result of a complaint was told (告知结果); `days_late` in working days after its limit, 0 when in time."""

    institution: Code
    result: Code
    due: date
    days_late: int


class ComplainantShown(Fact, name="requests.ComplainantShown"):
    """Somebody saw who complained, for a reason (查看申诉人信息)."""

    reason: Code


class ComplaintFileRead(Fact, name="requests.ComplaintFileRead"):
    """Somebody of the office opened a file of a complaint, or its letter, which names the complainant (查看申诉材料); `file` is None for the letter."""

    file: int | None = None


class ComplaintErased(Fact, name="requests.ComplaintErased"):
    """What tells who complained went after its term (删除申诉人信息)."""
