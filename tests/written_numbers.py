"""Numbers as people write them: 「一百六十三」, 「壹佰陆拾叁」, 「１６３」."""

from __future__ import annotations

DIGITS = "零一二三四五六七八九"


def han(n: int) -> str:
    """How a number below 100,000,000 is written in Chinese."""
    if n >= 10_000:
        rest = n % 10_000
        return han(n // 10_000) + "万" + (("零" if rest < 1000 else "") + han(rest) if rest else "")
    said, nought = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // scale % 10
        if digit:
            said += ("零" if nought and said else "") + DIGITS[digit] + name
            nought = False
        else:
            nought = True
    return said or "零"


def formal(n: int) -> str:
    """The same with the characters of cheques."""
    return han(n).translate(str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟"))


def full_width(text: str) -> str:
    """With digits, point and comma of full width."""
    return text.translate(str.maketrans("0123456789.,", "０１２３４５６７８９．，"))
