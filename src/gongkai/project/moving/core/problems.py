"""What can be wrong with a source (迁移问题): each kind with its words and how it is mended; one never stops the rest."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was not read, or not wholly: where (as shown to people), which kind, in more words if there are any."""

    place: str
    code: str
    detail: str = ""

    @property
    def message(self) -> str:
        """Return what happened."""
        words = WORDS[self.code][0]
        return f"{words}：{self.detail}" if self.detail else words

    @property
    def remedy(self) -> str:
        """Return what to do."""
        return WORDS[self.code][1]


class SourceRefused(Exception):
    """A source as a whole cannot be taken: code, message, where, remedy."""

    def __init__(self, code: str, message: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.where, self.remedy = code, message, where, remedy


WORDS: dict[str, tuple[str, str]] = {
    "name_control": ("文件名里有换行或控制字符，没有读取", "请把文件改名后再执行一次"),
    "name_undecodable": ("文件名不是 UTF-8 也不是 GB18030，没有读取", "请把文件改名后再执行一次"),
    "name_too_long": ("文件名或路径太长", "请把文件改名或移到较浅的文件夹后再执行一次"),
    "symlink": ("这是一个链接，没有跟随", "请把链接所指的文件复制进来，代替链接"),
    "special_file": ("这是设备、管道或套接字，不是普通文件", "请从镜像文件夹里删去"),
    "hard_link_outside": ("文件与文件夹以外的文件是同一个（硬链接），没有读取", "请复制成独立的文件"),
    "hard_link_again": (
        "与已读的另一个名字是同一个文件，不重复导入",
        "无需处理；确为两页的，请复制成独立的文件",
    ),
    "other_device": ("在另一个磁盘或挂载点上，没有进入", "请复制到镜像文件夹里"),
    "outside": ("地址指向文件夹以外", "请核对清单里的文件名，不能含 .. 或绝对路径"),
    "too_deep": ("文件夹套得太深", "请移到较浅的位置"),
    "case_clash": ("与另一个文件只差大小写，两个都已读取", "请核对是否同一页；若是，作废其中一条草稿"),
    "no_permission": ("没有读取权限", "请调整文件权限后再执行一次"),
    "unreadable": ("读不出来", "请用浏览器或办公软件打开核对，修好后再执行一次"),
    "changed_meanwhile": ("读取时文件有变动", "请停止改动镜像文件夹后再执行一次"),
    "too_large": ("文件太大", "请拆成几个文件，或把大文件改为附件"),
    "empty": ("文件是空的", "请重新镜像这一页"),
    "encoding": ("编码不是 UTF-8 也不是 GB18030", "请用浏览器打开原网页，另存为 UTF-8 后再执行一次"),
    "no_text": ("没有正文", "请核对这一页；若是栏目页，无需处理"),
    "list_page": ("像是首页或栏目页，不作为信息导入", "若是文章，请在对照表的 pages 里写明正文所在"),
    "no_title": ("没有标题，已建草稿待补", "请在草稿里填写标题后按一般程序送审"),
    "no_published_date": (
        "没有原发布日期，已建草稿待补",
        "请核对原网站，在来源文件里补上日期，或按一般程序送审",
    ),
    "broken_date": ("日期不合历法，未采用", "请核对原网站的日期"),
    "future_date": ("日期在将来，未采用", "请核对原网站的日期"),
    "script_link": ("有脚本链接（javascript: 等），只保留文字", "无需处理"),
    "dead_link": ("链接指向没有迁入的旧页面，只保留文字", "需要的，请把那一页也镜像进来再执行一次"),
    "plain_http": ("链接是不加密的外部地址，只保留文字", "需要的，请在草稿里改成 https 地址"),
    "attachment_missing": (
        "附件不在镜像里，已建草稿待补",
        "请补上文件，作废草稿后再执行一次；或在草稿里上传",
    ),
    "attachment_refused": ("附件不能收，已建草稿待补", "请按说明换一个文件，在草稿里上传"),
    "image_missing": ("图片不在镜像里，已建草稿待补", "请补上图片，或在草稿里上传"),
    "not_in_manifest": ("文件在文件夹里，清单里没有", "请补进清单，或从文件夹里移走"),
    "file_missing": ("清单里有，文件不在", "请补上文件后再执行一次"),
    "hash_differs": ("文件与清单里的 SHA-256 不符，没有导入", "请换成正确的文件，或改正清单"),
    "row_broken": ("这一行读不出来", "请核对导出文件的这一行"),
    "row_twice": ("与前面的一行是同一个旧地址，只取前面的", "请核对导出文件"),
    "moved_before": ("这个旧地址已经在另一批里迁入", "无需处理"),
    "source_changed": ("来源文件在导入以后有变动，草稿没有改", "需要的，请作废那条草稿后再执行一次"),
    "address_missing": ("地址清单里有，镜像里没有", "请重新镜像这一页"),
    "number_taken": ("原索引号已有别的信息使用，改按规则编号", "请核对是否同一条信息"),
    "not_staged": ("没有建成草稿", "请按说明改正来源或对照表后再执行一次"),
    "not_released": ("没有发布，仍是审签完毕的草稿", "请按说明处理，再继续发布"),
}
#: kinds after which the item is still made a draft, but a person has to look before it may go out
KEEPS_BACK = frozenset(
    {"no_title", "no_published_date", "broken_date", "future_date", "attachment_missing", "attachment_refused", "image_missing"}
)  # fmt: skip
