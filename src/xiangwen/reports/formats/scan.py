"""Scans and photos of pages: text recognition by RapidOCR, whose Chinese models come inside its package.

It is the extra ``xiangwen[ocr]``: nothing is downloaded when it runs, and nothing leaves the machine.
"""

from __future__ import annotations

import io
import math
import os
import re
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from xiangwen.language.common_forms import share_known
from xiangwen.reports.formats.layout import PageLayout, TextBox, running_text
from xiangwen.reports.report import Extraction, NotNow, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_SCANNED_PAGES = 200
"""Text recognition takes seconds a page."""
_MOST_PIXELS = 100_000_000
"""An A3 page at 600 dpi has 70 million."""
_LONGEST_SIDE = 2200
"""Pixels; finer scans are made smaller, which costs no character and saves time. A4 at 150 dpi has 1754."""
_SKEW_TURNED = 3.0
"""Degrees; where lines lean more, the picture is turned before it is read again. Less, and the boxes are turned."""
_TALL = 1.5
"""How much higher than wide the box of a line is that runs up or down."""
_READ_RIGHTLY = 0.8
"""Share of known characters from which no other turn is tried; pages read rightly have .9."""
_HALF_WIDTH = re.compile(r"(?<=[\u4e00-\u9fff》”）])[,;:?!()]|[,;:?!()](?=[\u4e00-\u9fff《“（])")
_BRACKETS = re.compile(r"(?<=[\u4e00-\u9fff》”])\(([^()]*)\)|\(([^()]*[\u4e00-\u9fff][^()]*)\)")
_FULL_WIDTH = str.maketrans(",;:?!()", "，；：？！（）")
_MISSING = (
    "这是扫描件或图片，需要文字识别：pip install 'xiangwen[ocr]'。 "
    "This is a scan or a picture; to read it: pip install 'xiangwen[ocr]'."
)


def extract_image(data: bytes, pulse: Callable[[], None]) -> Extraction:
    """The text of a picture; each page of a .tif of several is a page.

    Args:
        data: a .png, .jpg, .tif or .bmp file.
        pulse: called after each page.

    Raises:
        UnreadableFile: if it is damaged or too large, or text recognition is not installed.
    """
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS // 2  # Pillow refuses at twice this
    pages: list[PageLayout] = []
    try:
        with Image.open(io.BytesIO(data)) as picture:
            for number, frame in enumerate(ImageSequence.Iterator(picture)):
                if number >= MOST_SCANNED_PAGES:
                    break
                pages.append(recognise(ImageOps.exif_transpose(frame)))
                pulse()
    except Image.DecompressionBombError as error:
        raise UnreadableFile("图片过大，请缩小后重试。 The picture is too large: make it smaller.") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError) as error:
        if isinstance(error, UnreadableFile):
            raise
        raise UnreadableFile("图片已损坏，请重新扫描。 The picture is damaged: scan it again.") from error
    return running_text(pages)


def recognise(picture: Image.Image) -> PageLayout:
    """Lines of text in a picture with their boxes, in pixels, straightened.

    Raises:
        UnreadableFile: if text recognition is not installed.
    """
    engine = _engine()
    picture = picture.convert("RGB")
    if max(picture.size) > _LONGEST_SIDE:
        picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    picture, found = _upright(engine, picture)
    skew = _skew(found)
    if abs(skew) > _SKEW_TURNED:
        picture = picture.rotate(skew, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)
        found = _read(engine, picture)
        skew = _skew(found)
    width, height = picture.size
    return PageLayout(width, height, tuple(_straight(box, text, -math.radians(skew)) for box, text in found))


Box = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Upper left, upper right, lower right and lower left corner."""


def _read(engine: Any, picture: Image.Image) -> list[tuple[Box, str]]:
    import numpy as np

    # OpenCV's order of colours.
    result = engine(np.ascontiguousarray(np.asarray(picture)[:, :, ::-1]), use_cls=False)
    if result.boxes is None or result.txts is None:
        return []
    return [
        (tuple((float(x), float(y)) for x, y in box), full_width(text))  # type: ignore[misc]
        for box, text in zip(result.boxes, result.txts, strict=True)
        if text.strip()
    ]


def _upright(engine: Any, picture: Image.Image) -> tuple[Image.Image, list[tuple[Box, str]]]:
    """A picture turned by quarters so that its lines run from left to right, and what is read in it."""
    found = _read(engine, picture)
    tall = sum(len(text) for box, text in found if math.dist(box[0], box[3]) > _TALL * math.dist(box[0], box[1]))
    if 2 * tall > _amount(found):
        turns: tuple[int, ...] = (90, 270)
    else:
        turns = (180,) if found and _rightly(found) < _READ_RIGHTLY else ()
    read = [(picture, found)]
    for degrees in turns:
        turned = picture.rotate(degrees, expand=True)
        read.append((turned, _read(engine, turned)))
        if _rightly(read[-1][1]) >= _READ_RIGHTLY:
            return read[-1]
    return max(read[1:] if len(turns) > 1 else read, key=lambda one: _rightly(one[1]) * _amount(one[1]))


def _amount(found: list[tuple[Box, str]]) -> int:
    return sum(len(text) for _, text in found)


def _rightly(found: list[tuple[Box, str]]) -> float:
    """The share of known characters in what was read; 0 where there are too few."""
    return share_known("".join(text for _, text in found)) or 0.0


def full_width(text: str) -> str:
    """Punctuation beside Chinese characters as Chinese print has it: the recogniser takes some of it for ASCII.

    >>> full_width("《纲要(2021-2025年)》,共3.5万元")
    '《纲要（2021-2025年）》，共3.5万元'
    """
    text = _BRACKETS.sub(lambda match: f"（{match[1] if match[1] is not None else match[2]}）", text)
    return _HALF_WIDTH.sub(lambda match: match[0].translate(_FULL_WIDTH), text)


def _skew(found: list[tuple[Box, str]]) -> float:
    """The angle in degrees by which the lines lean, clockwise; the long ones tell."""
    if not found:
        return 0.0
    longest = max(math.dist(box[0], box[1]) for box, _ in found)
    return median(
        math.degrees(math.atan2(box[1][1] - box[0][1], box[1][0] - box[0][0]))
        for box, _ in found
        if math.dist(box[0], box[1]) > longest / 2
    )


def _straight(box: Box, text: str, angle: float) -> TextBox:
    """The upright box around a leaning one, turned by ``angle`` radians about the origin."""
    turned = [(x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)) for x, y in box]
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = turned
    return TextBox(text, (x0 + x3) / 2, (y0 + y1) / 2, (x1 + x2) / 2, (y2 + y3) / 2)


@cache
def _engine() -> Any:
    """The recogniser, loaded once a process."""
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise NotNow(_MISSING) from error
    threads = int(os.environ.get("XIANGWEN_OCR_THREADS", "-1"))
    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.max_side_len": _LONGEST_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.enable_cpu_mem_arena": False,
        }
    )
