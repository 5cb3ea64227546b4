"""The same report in every format: what offices send is made here out of plain text, by the programs they use."""

from __future__ import annotations

import html
import io
import random
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docx
import pypdfium2
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from PIL import Image, ImageFilter
from playwright.sync_api import sync_playwright

HEADER = "某某县法治政府建设资料汇编"
# The margins, the font size and the line pitch of GB/T 9704, the standard of official documents.
_STYLE = """@page{size:A4;margin:37mm 26mm 35mm 28mm} body{font:16pt/28pt 'Noto Serif CJK SC',serif;margin:0}
p{text-indent:2em;margin:0;text-align:justify} p.title{text-align:center;text-indent:0}"""
_WEB = """<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>{title}_政务公开_某某县人民政府</title><style>p {{ text-indent: 2em }}</style>
<script>var 访问量 = 1;</script></head><body>
<div class="top"><ul><li><a href="/">首页</a></li><li><a href="/zw">政务公开</a></li>
<li><a href="/fw">办事服务</a></li></ul>
当前位置：<a href="/">首页</a> &gt; <a href="/zw">政务公开</a></div><table class="head">
<tr><td>索 引 号</td><td>00812/2025-00031</td><td>发布机构：</td><td>{office}</td></tr>
<tr><td>成文日期</td><td>2025-01-15</td><td>文　号</td><td>某政发〔2025〕3号</td></tr></table>
<h1>{title}</h1><div class="info">发布时间：2025-01-16　浏览次数：<span id="hits">88</span></div>
<div class="TRS_Editor">{body}</div><div class="links">相关链接<ul>
<li><a href="/1">某某县2023年法治政府建设工作总结</a></li>
<li><a href="/2">某某县推进依法行政，建设法治政府</a></li></ul></div>
<div class="foot"><a href="/gy">关于我们</a>主办：某某县人民政府 备案号12345</div></body></html>"""


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """An archive of files by their names."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return data.getvalue()


def paragraphs(text: str) -> list[str]:
    """The lines of a report that are not blank, without indents."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def word(text: str) -> bytes:
    """A .docx with a running header."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = HEADER
    for number, line in enumerate(paragraphs(text)):
        paragraph = document.add_paragraph(line)
        if number == 0:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        else:
            paragraph.paragraph_format.first_line_indent = Pt(32)
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def legacy_word(data: bytes, folder: Path) -> bytes:
    """A .docx as .doc, by LibreOffice."""
    office = shutil.which("soffice")
    assert office, "LibreOffice is missing: apt-get install libreoffice-writer-nogui"
    (folder / "made.docx").write_bytes(data)
    profile = (folder / "profile").as_uri()
    command = [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "doc", "--outdir", str(folder)]
    subprocess.run([*command, str(folder / "made.docx")], check=True, capture_output=True, timeout=120)
    return (folder / "made.doc").read_bytes()


def web_page(text: str, charset: str = "gb2312") -> bytes:
    """A page of a government site with menus, the 索引号 table and a footer."""
    lines = paragraphs(text)
    body = "".join(f"<p>　　{html.escape(line)}</p>\n" for line in lines)
    page = _WEB.format(charset=charset, title=lines[0], office="某某乡人民政府", body=body)
    return page.encode("gb18030" if charset.startswith("gb") else charset)


def pdf(text: str) -> bytes:
    """A PDF as an office prints it: running header, page numbers, justified lines."""
    lines = paragraphs(text)
    body = "".join(f"<p{' class=title' if n == 0 else ''}>{html.escape(line)}</p>" for n, line in enumerate(lines))
    # In a thread: another test's browser may hold this one's event loop.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_print, f"<meta charset=utf-8><style>{_STYLE}</style>{body}").result()


def _print(document: str) -> bytes:
    edge = "<div style='font-size:9pt;width:100%;text-align:center'>{}</div>"
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content(document)
        data = page.pdf(
            prefer_css_page_size=True,
            display_header_footer=True,
            header_template=edge.format(HEADER),
            footer_template=edge.format("— <span class=pageNumber></span> —"),
        )
        browser.close()
    return bytes(data)


def scans(printed: bytes, dpi: int, degrees: float, seed: int = 7) -> list[Image.Image]:
    """The pages of a PDF as a scanner sees them: turned, a little blurred, with grey noise."""
    dice = random.Random(seed)
    pictures = []
    with pypdfium2.PdfDocument(printed) as document:
        for page in document:
            picture = page.render(scale=dpi / 72).to_pil().convert("L")
            picture = picture.rotate(degrees, fillcolor=255, resample=Image.Resampling.BICUBIC)
            picture = picture.filter(ImageFilter.GaussianBlur(0.5))
            noise = Image.frombytes("L", picture.size, dice.randbytes(picture.width * picture.height))
            pictures.append(Image.blend(picture, noise, 0.06))
    return pictures


def scanned_pdf(pictures: Sequence[tuple[Image.Image, int]]) -> bytes:
    """A PDF of nothing but pictures, each with its dots an inch."""
    data = io.BytesIO()
    for picture, dpi in pictures:
        picture.save(data, "PDF", append=bool(data.tell()), resolution=dpi, quality=85)
    return data.getvalue()


Drawn = tuple[float, float, float, str]
"""Where words begin on an A4 page, from the left and from the top, their size, and the words; all in points."""


def drawn_pdf(pages: Sequence[Sequence[Drawn]], rules: str = "") -> bytes:
    """A PDF of words at places, in a font that the reader has, with lines drawn on every page."""
    font = b"/Type /Font /BaseFont /STSong-Light"
    system = b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
    box = b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 80 /ItalicAngle 0 /FontBBox [0 -120 1000 880]"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>"
        % (b" ".join(b"%d 0 R" % (6 + 2 * n) for n in range(len(pages))), len(pages)),
        b"<< %s /Subtype /Type0 /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>" % font,
        b"<< %s /Subtype /CIDFontType0 /DW 1000 /FontDescriptor 5 0 R /CIDSystemInfo %s >>" % (font, system),
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 %s >>" % box,
    ]
    for page in pages:
        drawn = rules.encode() + b"".join(
            b"BT /F %f Tf %f %f Td <%s> Tj ET\n" % (size, x, 842 - y, words.encode("utf-16-be").hex().encode())
            for x, y, size, words in page
        )
        resources = b"<< /Font << /F 3 0 R >> >>"
        place = b"/MediaBox [0 0 595 842] /Contents %d 0 R" % (len(objects) + 2)
        objects.append(b"<< /Type /Page /Parent 2 0 R %s /Resources %s >>" % (place, resources))
        objects.append(b"<< /Length %d >>\nstream\n%sendstream" % (len(drawn), drawn))
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n%s%s" % (len(objects) + 1, table, end)
