"""Which reader reads which kind of file (读取器登记表)."""

from __future__ import annotations

from gongkai.guard.attachments.kinds import IMAGES, LEGACY
from gongkai.guard.attachments.readers.archives import read_ofd, read_zip
from gongkai.guard.attachments.readers.docx import read_docx
from gongkai.guard.attachments.readers.image import read_image
from gongkai.guard.attachments.readers.legacy import read_legacy
from gongkai.guard.attachments.readers.pdf import read_pdf
from gongkai.guard.attachments.readers.plain import read_html, read_text, read_xml
from gongkai.guard.attachments.readers.pptx import read_pptx
from gongkai.guard.attachments.readers.xlsx import read_xlsx
from gongkai.guard.attachments.reading import Reader

READERS: dict[str, Reader] = {
    "docx": read_docx,
    "xlsx": read_xlsx,
    "pptx": read_pptx,
    "pdf": read_pdf,
    "zip": read_zip,
    "ofd": read_ofd,
    "text": read_text,
    "html": read_html,
    "xml": read_xml,
    "svg": read_xml,
    **dict.fromkeys(IMAGES, read_image),
    **dict.fromkeys(LEGACY, read_legacy),
}
