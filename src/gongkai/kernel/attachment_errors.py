"""What can go wrong where attachments are kept (附件存放处), told apart from a file that is not there. Open to all rooms."""

from __future__ import annotations


class AttachmentsAway(OSError):
    """The place of the attachments gives no answer or refuses: whether a file is there is not known, and the act may be repeated."""

    code = "attachments_away"
    message = "附件存放处暂时用不了，这个文件没有存成"
    where = "附件存放处"
    remedy = "已保存的文字不受影响；请过几分钟再传一次，仍不行请告诉系统管理员"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"附件存放处暂时用不了：{reason}")


class AttachmentDamaged(OSError):
    """What came back is not what was stored under this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"附件 {name} 与存入时不同")
