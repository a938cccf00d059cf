"""Everything the program reads from its surroundings (环境变量), in one typed place. docs/settings.md is made from it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from gongkai.project.store_address import StoreAddress, read_address, read_attachments

PRODUCTION_MARKER = "PRODUCTION"


def default_home() -> Path:
    """Return `var/` in the checkout, or `./var` for an installed package."""
    checkout = Path(__file__).resolve().parents[3]
    return (checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()) / "var"


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: its name, what it does, its default as text."""

    name: str
    meaning: str
    default: str


VARIABLES: tuple[Variable, ...] = (
    Variable(
        "GONGKAI_HOME",
        "运行时产生的一切（数据库、附件、公开目录树、索引、日志、密钥）所在目录",
        "检出目录下的 var/",
    ),
    Variable(
        "DATABASE_URL",
        "数据库地址，如 postgresql://user:password@/name?host=/run/postgresql；不填用内嵌 SQLite",
        "",
    ),
    Variable("PORT", "网页服务端口", "8080"),
    Variable("GONGKAI_HOST", "监听地址；演示环境只能是本机", "127.0.0.1"),
    Variable("GONGKAI_BASE_PATH", "公开站点所在路径前缀，如 /wsjkj；不填为站点根", ""),
    Variable(
        "GONGKAI_SITE_URL", "公开站点的完整网址（不含路径前缀），写入站点地图与订阅", "http://127.0.0.1:8080"
    ),
    Variable("GONGKAI_ALLOWED_HOSTS", "允许访问的主机名，逗号分隔", "127.0.0.1,localhost,[::1]"),
    Variable("GONGKAI_TRUSTED_PROXY", "为 1 时信任前置代理的 X-Forwarded-Proto", ""),
    Variable("GONGKAI_SECRET_DIR", "密钥目录；应在备份范围之外", "GONGKAI_HOME/keys"),
    Variable(
        "GONGKAI_TAIL_DIR",
        "台账尾页目录：封存的账目随时在数据库之外留一份，恢复旧备份时据此对账；应放在另一块磁盘上",
        "GONGKAI_HOME/tail",
    ),
    Variable("GONGKAI_REGULATIONS", "另用一份法规数据目录", "随程序提供的 regulations/"),
    Variable(
        "GONGKAI_CERTIFICATE", "前置代理所用 TLS 证书（PEM）的路径；填写后 gongkai check 检查其有效期", ""
    ),
    Variable(
        "GONGKAI_MAIL_URL",
        "邮件服务器，如 smtp+tls://账号:口令@主机:587、smtps://…:465；不填则任何邮件都不发。另须机关在依申请公开设置中开启",
        "",
    ),
    Variable("GONGKAI_MAIL_FROM", "邮件的发件人地址，填写邮件服务器时必填", ""),
    Variable(
        "GONGKAI_CHANNEL_ADDRESS",
        "作为另一个门户的频道时的完整网址（含路径前缀），如 https://www.example.gov.cn/zwgk/wsjkj；填写后另在 GONGKAI_HOME/channel/ 生成一份",
        "",
    ),
    Variable("GONGKAI_CHANNEL_FRAGMENTS", "为 1 时频道只生成不带页头页脚的片段，由门户的模板包含", ""),
    Variable("GONGKAI_CHANNEL_STYLES", "频道的整页改用这些样式表，地址以逗号分隔", ""),
    Variable("GONGKAI_LOG_LEVEL", "日志级别", "INFO"),
    Variable(
        "GONGKAI_LOG_FORMAT", "为 json 时日志每行一个 JSON 对象，供采集程序读取；个人信息同样隐去", "一行文字"
    ),
    Variable("GONGKAI_LOG_DAYS", "日志保留天数，不少于六个月（regulations/retention/）", "200"),
    Variable(
        "GONGKAI_ACCESS_LOGS",
        "前置服务器访问日志所在目录；填写后 gongkai check 核对它保留不少于六个月（regulations/retention/）",
        "",
    ),
    Variable("GONGKAI_LOGROTATE", "轮转前置服务器日志的 logrotate 规则文件", "/etc/logrotate.d/gongkai"),
    Variable(
        "GONGKAI_METRICS_PATH",
        "运行指标（Prometheus 文本格式）的路径，在 desk/ 之下，如 desk/metrics；为 off 时不提供",
        "desk/metrics",
    ),
    Variable(
        "GONGKAI_METRICS_TOKEN",
        "读取运行指标的令牌（Authorization: Bearer …）；不填则只许本机直接读取，经代理的一律拒绝",
        "",
    ),
    Variable(
        "GONGKAI_ATTACHMENTS",
        "附件放在哪里：folder 为运行目录的 media/，s3 为对象存储；改动之前先用 gongkai store move 搬过去",
        "folder",
    ),
    Variable(
        "GONGKAI_S3_ENDPOINT",
        "对象存储（S3 接口）的地址，如 https://minio.example.gov.cn:9000；不填则从不连接任何对象存储",
        "",
    ),
    Variable("GONGKAI_S3_BUCKET", "存储桶名；须为私有，程序从不给出桶内的地址", ""),
    Variable("GONGKAI_S3_BACKUP_BUCKET", "备份所用的存储桶名，宜在另一套存储上", "与 GONGKAI_S3_BUCKET 相同"),
    Variable("GONGKAI_S3_REGION", "对象存储的区域名，按其说明填写", "us-east-1"),
    Variable("GONGKAI_S3_PREFIX", "桶内名称的前缀，几套系统共用一个桶时区分", "gongkai"),
    Variable(
        "GONGKAI_S3_KEYS",
        "访问密钥文件的路径：两行 access_key=… 与 secret_key=…，权限 600；密钥本身不写进环境变量",
        "GONGKAI_SECRET_DIR/s3.keys",
    ),
    Variable(
        "GONGKAI_S3_ADDRESSING",
        "path 为 地址/桶/名称（MinIO、Ceph），virtual 为 桶.地址/名称（多数云）",
        "path",
    ),
    Variable("GONGKAI_S3_CA", "对象存储所用证书的签发机构证书（PEM）路径；不填用系统信任的机构", ""),
    Variable("GONGKAI_OFFICE_SOCKET", "工作台进程的套接字；由 gongkai serve 自己设定，不必填写", ""),
    Variable("GONGKAI_BENCH_DIR", "性能测量使用的临时目录所在处", "系统临时目录"),
    Variable("GONGKAI_BENCH_SIZE", "造库测量的公开信息条数，同 gongkai bench --size", "1000"),
    Variable("GONGKAI_BENCH_HOME", "造好的测量用库留在何处，同 gongkai bench --home", "用完删除"),
    Variable(
        "GONGKAI_BENCH_DATABASE",
        "造库测量使用的 PostgreSQL 空数据库（URL，其用户要能新建数据库）；不填则用内嵌的 SQLite",
        "",
    ),
    Variable("GONGKAI_BENCH_LARGE", "为 1 时性能测量加测最大规模（十万条信息、一百万条事实）", ""),
)


@dataclass(frozen=True, slots=True)
class Environment:
    """The surroundings, read once. Paths are absolute."""

    home: Path
    database_url: str
    port: int
    host: str
    base_path: str
    site_url: str
    allowed_hosts: tuple[str, ...]
    trusted_proxy: bool
    secret_dir: Path
    tail_dir: Path
    log_level: str
    certificate: str = ""
    mail_url: str = ""
    mail_from: str = ""
    log_format: str = ""
    log_days: str = ""
    access_logs: str = ""
    logrotate: str = "/etc/logrotate.d/gongkai"
    metrics_path: str = "desk/metrics"
    metrics_token: str = ""
    channel_address: str = ""
    channel_fragments: bool = False
    channel_styles: tuple[str, ...] = ()
    attachments: str = "folder"
    object_store: StoreAddress | None = None
    production: bool = field(default=False)

    @property
    def settings_module(self) -> str:
        """Return Django's settings for this home: the marker decides."""
        return f"gongkai.project.settings.{'production' if self.production else 'demonstration'}"

    @property
    def public_dir(self) -> Path:
        """Return the folder of the public tree (公开目录树)."""
        return self.home / "public"

    @property
    def media_dir(self) -> Path:
        """Return the folder of private attachments; never served as it is."""
        return self.home / "media"


def normalise_base_path(text: str) -> str:
    """Return the prefix with one leading slash and no trailing one, or an empty string for the root."""
    inner = text.strip().strip("/")
    return f"/{inner}" if inner else ""


def read_metrics_path(text: str) -> str:
    """Return where the metrics stand below the site, empty when they are off; raises ValueError in Chinese elsewhere."""
    path = text.strip().strip("/")
    if path == "off":
        return ""
    if not path.startswith("desk/") or len(path) < 6:
        raise ValueError(f"GONGKAI_METRICS_PATH 应写成 desk/…，现在是「{text}」")
    return path


def read_channel_address(text: str) -> str:
    """Return the address of the channel without a trailing slash; raises ValueError in Chinese for anything but a web address."""
    address = text.strip().rstrip("/")
    parts = urlsplit(address)
    if address and (
        parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment
    ):
        raise ValueError(f"GONGKAI_CHANNEL_ADDRESS 应写成 https://主机/路径，现在是「{text}」")
    return address


def read_environment(environ: dict[str, str] | None = None) -> Environment:
    """Read the environment; a bad PORT raises ValueError in Chinese."""
    env = dict(os.environ) if environ is None else environ
    home = Path(env.get("GONGKAI_HOME") or default_home()).absolute()
    port_text = env.get("PORT") or "8080"
    if not port_text.isdigit() or not 0 < int(port_text) < 65536:
        raise ValueError(f"环境变量 PORT 应为 1 到 65535 的数字，现在是「{port_text}」")
    port = int(port_text)
    secret_dir = Path(env.get("GONGKAI_SECRET_DIR") or home / "keys").absolute()
    object_store = read_address(env, secret_dir=secret_dir)
    attachments = read_attachments(env, object_store)
    hosts = env.get("GONGKAI_ALLOWED_HOSTS") or "127.0.0.1,localhost,[::1]"
    return Environment(
        home=home,
        database_url=env.get("DATABASE_URL", ""),
        port=port,
        host=env.get("GONGKAI_HOST") or "127.0.0.1",
        base_path=normalise_base_path(env.get("GONGKAI_BASE_PATH", "")),
        site_url=(env.get("GONGKAI_SITE_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
        allowed_hosts=tuple(h.strip() for h in hosts.split(",") if h.strip()),
        trusted_proxy=env.get("GONGKAI_TRUSTED_PROXY") == "1",
        secret_dir=secret_dir,
        tail_dir=Path(env.get("GONGKAI_TAIL_DIR") or home / "tail").absolute(),
        certificate=env.get("GONGKAI_CERTIFICATE", ""),
        mail_url=env.get("GONGKAI_MAIL_URL", ""),
        mail_from=env.get("GONGKAI_MAIL_FROM", ""),
        log_level=env.get("GONGKAI_LOG_LEVEL") or "INFO",
        log_format=env.get("GONGKAI_LOG_FORMAT", ""),
        log_days=env.get("GONGKAI_LOG_DAYS", ""),
        access_logs=env.get("GONGKAI_ACCESS_LOGS", ""),
        logrotate=env.get("GONGKAI_LOGROTATE") or "/etc/logrotate.d/gongkai",
        metrics_path=read_metrics_path(env.get("GONGKAI_METRICS_PATH") or "desk/metrics"),
        metrics_token=env.get("GONGKAI_METRICS_TOKEN", ""),
        channel_address=read_channel_address(env.get("GONGKAI_CHANNEL_ADDRESS", "")),
        channel_fragments=env.get("GONGKAI_CHANNEL_FRAGMENTS") == "1",
        channel_styles=tuple(
            s.strip() for s in env.get("GONGKAI_CHANNEL_STYLES", "").split(",") if s.strip()
        ),
        attachments=attachments,
        object_store=object_store,
        production=(home / PRODUCTION_MARKER).exists(),
    )
