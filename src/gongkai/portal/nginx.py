"""The nginx recipe as text: the same answers as the file front, for a production server in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from gongkai.portal.serving import ATTACHMENT_HEADERS, PAGE_HEADERS

_OFFICE = ("desk", "ask", "file", "desk-static", "search")


def configuration(
    *,
    public: Path,
    listen: str,
    upstream: str,
    base_path: str = "",
    brotli: bool = False,
    moved: Path | None = None,
) -> str:
    """Return a server block. `upstream` is where `gongkai serve` listens; `brotli` needs the module ngx_brotli.

    Variants on disk are sent as they are; attachments are downloads in a sandbox; dot-files and variants by name are refused.
    `moved` is a file of `moved_map`: old addresses are then sent on, whatever they look like.
    """
    base = base_path.rstrip("/")
    packed = "    gzip_static on;\n" + ("    brotli_static on;\n" if brotli else "")
    head = (
        f"map_hash_bucket_size 512;\nmap_hash_max_size 131072;\nmap $host$request_uri $gongkai_moved {{\n    include {moved};\n}}\n\n"
        if moved
        else ""
    )
    sent_on = "    if ($gongkai_moved) { return 301 $gongkai_moved; }\n" if moved else ""
    return f"""{head}server {{
    listen {listen};
    root {public};
    index index.html;
    charset utf-8;
    charset_types text/html application/xml application/atom+xml text/css text/javascript application/json application/problem+json text/plain text/csv text/calendar;
    error_page 404 /404.html;
{packed}    etag on;
{sent_on}
{_office(base, upstream)}    location ~ (/\\.|\\.(gz|br)$) {{ return 404; }}
    location ^~ {base}/att/ {{
{_alias(base)}        types {{ }}
        default_type application/octet-stream;
        add_header Content-Disposition attachment always;
        add_header Cache-Control no-cache always;
{_headers(ATTACHMENT_HEADERS)}    }}
    location ^~ {base}/assets/ {{
{_alias(base)}        add_header Cache-Control "public, max-age=31536000, immutable";
{_headers(PAGE_HEADERS)}    }}
    location = /open/404.json {{
        types {{ }}
        default_type application/problem+json;
        add_header Cache-Control no-cache always;
{_headers(PAGE_HEADERS)}    }}
    location ^~ {base}/open/ {{
{_alias(base)}        limit_except GET {{ deny all; }}
        error_page 404 /open/404.json;
        add_header Cache-Control no-cache always;
{_headers(PAGE_HEADERS)}    }}
{_typed(base, "feed/", "application/atom+xml")}{_typed(base, "calendar/public.ics", "text/calendar")}    location {base}/ {{
{_alias(base)}        limit_except GET {{ deny all; }}
        add_header Cache-Control no-cache always;
{_headers(PAGE_HEADERS)}    }}
}}
"""


def moved_map(public: Path) -> Iterator[str]:
    """Yield the lines of a map for nginx from the notes in the tree: what was asked for, where it is now."""
    for note in sorted(public.glob("moved/??/*.txt")):
        key, address = note.read_text(encoding="utf-8").splitlines()[:2]
        path, mark, query = key.partition("?")
        asked = quote(path, safe="/:@-._~!$&'()*+,;=") + mark + query
        if not set(asked + address) & set('" \\{}$\r\n'):
            yield f'"{asked}" "{address}";'
            yield f'"www.{asked}" "{address}";'


def _office(base: str, upstream: str) -> str:
    return "".join(
        f"    location ^~ {base}/{name}/ {{\n        proxy_pass http://{upstream};\n        proxy_set_header Host $host;\n"
        "        proxy_set_header X-Forwarded-Proto $scheme;\n        proxy_set_header X-Forwarded-For $remote_addr;\n    }\n"
        for name in _OFFICE
    )


def _typed(base: str, place: str, media: str) -> str:
    """Return the block of files whose media type their name does not tell nginx."""
    return f"""    location ^~ {base}/{place} {{
{_alias(base)}        types {{ }}
        default_type {media};
        add_header Cache-Control no-cache always;
{_headers(PAGE_HEADERS)}    }}
"""


def _alias(base: str) -> str:
    return f"        rewrite ^{base}(/.*)$ $1 break;\n" if base else ""


def _headers(headers: list[tuple[str, str]]) -> str:
    return "".join(f'        add_header {name} "{value}" always;\n' for name, value in headers)
