"""`gongkai nginx`: the recipe for the server in front."""

from __future__ import annotations

from pathlib import Path

import click

from gongkai.project.commands.console import ChineseCommand
from gongkai.project.environment import read_environment
from gongkai.project.failure import CommandFailed

LOG_FORMAT = (
    "log_format gongkai '$remote_addr [$time_iso8601] \"$request_method $uri $server_protocol\" '\n"
    "    '$status $body_bytes_sent $request_time \"$http_user_agent\"';\n"
)
"""What an access log holds: no query (somebody may search for a person) and no referrer, which may hold one."""


@click.command("nginx", cls=ChineseCommand)
@click.option("--certificate", type=click.Path(path_type=Path), help="证书（PEM），默认 GONGKAI_CERTIFICATE")
@click.option("--key", type=click.Path(path_type=Path), help="私钥（PEM），默认与证书同名、扩展名 .key")
@click.option(
    "--access-log", type=click.Path(path_type=Path), help="访问日志，默认 GONGKAI_ACCESS_LOGS 下的 access.log"
)
@click.option("--brotli", is_flag=True, help="nginx 装有 ngx_brotli 模块")
@click.option("--http-port", type=click.IntRange(1, 65535), default=80, help="HTTP 端口，默认 80，只作跳转")
@click.option("--https-port", type=click.IntRange(1, 65535), default=443, help="HTTPS 端口，默认 443")
@click.option(
    "--moved", type=click.Path(path_type=Path), help="旧地址对照文件，由 gongkai move-in redirects 输出"
)
def command(
    certificate: Path | None,
    key: Path | None,
    access_log: Path | None,
    brotli: bool,
    http_port: int,
    https_port: int,
    moved: Path | None,
) -> None:
    """输出本运行目录的 nginx 配置：HTTPS、IPv6、预压缩文件、安全头、附件规则、访问日志，工作台转给 gongkai serve。

    用法：gongkai nginx > /etc/nginx/conf.d/gongkai.conf && nginx -t && systemctl reload nginx
    """
    from gongkai.portal.nginx import configuration

    environment = read_environment()
    chosen = certificate or (Path(environment.certificate) if environment.certificate else None)
    if chosen is None:
        raise CommandFailed(
            "no_certificate",
            "没有指明证书",
            where="--certificate",
            remedy="也可写在 GONGKAI_CERTIFICATE",
            exit_code=2,
        )
    names = " ".join(
        host for host in environment.allowed_hosts if host not in {"127.0.0.1", "localhost", "[::1]"}
    )
    name = f"    server_name {names or '_'};\n"
    if access_log is None and environment.access_logs:
        access_log = Path(environment.access_logs) / "access.log"
    logged = f"    access_log {access_log.absolute()} gongkai;\n" if access_log else ""
    tls = (
        f"{https_port} ssl;\n    listen [::]:{https_port} ssl;\n{name}{logged}"
        f"    ssl_certificate {chosen.absolute()};\n    ssl_certificate_key {(key or chosen.with_suffix('.key')).absolute()};\n"
        "    ssl_protocols TLSv1.2 TLSv1.3;\n    server_tokens off;\n    client_max_body_size 60m"
    )
    served = configuration(
        public=environment.public_dir,
        listen=tls,
        upstream=f"127.0.0.1:{environment.port}",
        base_path=environment.base_path,
        brotli=brotli,
        moved=moved.absolute() if moved else None,
    )
    hsts = '        add_header Strict-Transport-Security "max-age=31536000" always;\n'
    served = served.replace("        add_header Cache-Control", f"{hsts}        add_header Cache-Control")
    click.echo(
        f"{LOG_FORMAT if logged else ''}server {{\n    listen {http_port};\n    listen [::]:{http_port};\n{name}{logged}    server_tokens off;\n"
        f"    return 301 https://$host$request_uri;\n}}\n\n{served}",
        nl=False,
    )
