"""Township reports in the styles of many offices, made from a seed, with the headings and metadata a reader would mark.

Layout, numbering, place names and titles are drawn independently of one another, so that a rule that fits one
combination by chance fails others. Seeds below `REPORT_FROM` are for developing, those above for reporting.
"""

# ruff: noqa: E501 - tables of names and titles, one a line
from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from xiangwen.reports.metadata import Metadata, recognisable

REPORT_FROM = 10_000

_CN = ("零", *"一二三四五六七八九", "十", "十一", "十二")
_CIRCLES = "〇①②③④⑤⑥⑦⑧⑨⑩"
_FORMAL = "零壹贰叁肆伍陆柒捌玖拾"
_ROMAN = ("", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "Ⅵ", "Ⅶ", "Ⅷ", "Ⅸ", "Ⅹ")
_WIDE = "０１２３４５６７８９"


def _wide(n: int) -> str:
    return "".join(_WIDE[int(d)] for d in str(n))


Style = Callable[[int], str]

TOP: tuple[Style, ...] = (
    lambda n: f"{_CN[n]}、",
    lambda n: f"{_CN[n]}、",
    lambda n: f"{_CN[n]} 、",
    lambda n: f"{_CN[n]}．",
    lambda n: f"{_CN[n]}.",
    lambda n: f"{_CN[n]}，",
    lambda n: f"{_CN[n]}：",
    lambda n: f"{_CN[n]}　",
    lambda n: f"第{_CN[n]}部分 ",
    lambda n: f"第{_CN[n]}部分：",
    lambda n: f"第{_CN[n]}章　",
    lambda n: f"第{_CN[n]}、",
    lambda n: f"{_FORMAL[n]}、",
    lambda n: f"{_ROMAN[n]}、",
    lambda n: f"{_ROMAN[n]}. ",
    lambda n: f"## {_CN[n]}、",
    lambda n: f"**{_CN[n]}、",
)
MIDDLE: tuple[Style, ...] = (
    lambda n: f"（{_CN[n]}）",
    lambda n: f"({_CN[n]})",
    lambda n: f"（{_CN[n]})",
    lambda n: f"({_CN[n]}）",
    lambda n: f"（ {_CN[n]} ）",
    lambda n: f"（{_CN[n]}） ",
    lambda n: f"（{_CN[n]}）、",
    lambda n: f"{_CN[n]})",
    lambda n: f"{_CN[n]}）",
    lambda n: f"〔{_CN[n]}〕",
    lambda n: f"【{_CN[n]}】",
    lambda n: "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩"[n - 1],
)
LOW: tuple[Style, ...] = (
    lambda n: f"{n}.",
    lambda n: f"{n}. ",
    lambda n: f"{n}、",
    lambda n: f"{n} 、",
    lambda n: f"{n}．",
    lambda n: f"{_wide(n)}．",
    lambda n: f"{_wide(n)}、",
    lambda n: f"{n}，",
    lambda n: f"{n}\t",
    lambda n: f"{n}　",
    lambda n: "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑"[n - 1],
)
LOWEST: tuple[Style, ...] = (
    lambda n: f"({n})",
    lambda n: f"（{n}）",
    lambda n: f"（{_wide(n)}）",
    lambda n: f"{n})",
    lambda n: f"{n}）",
    lambda n: _CIRCLES[n],
    lambda n: f"{_CIRCLES[n]} ",
    lambda n: "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽"[n - 1],
)

DONE = (
    "主要举措和成效",
    "工作开展情况",
    "主要做法",
    "基本情况",
    "工作成效",
    "推进法治政府建设的主要做法和成效",
    "工作总结",
)
PROBLEMS = ("存在的问题", "存在的不足和原因", "存在的主要问题", "存在问题", "问题与不足", "存在的困难和短板")
DUTY = ("党政主要负责人履行推进法治建设第一责任人职责情况", "主要负责人履职情况", "第一责任人履职情况")
PLANS = ("下一步工作打算", "下一步工作计划", "下步工作安排", "今后工作思路", "下一年度工作安排", "下一步打算")
MATTERS = (
    "加强组织领导，压实法治责任", "健全依法决策机制", "规范行政执法行为", "深入开展普法宣传", "化解矛盾纠纷，维护社会稳定",
    "推进政务公开", "强化队伍建设，提升执法水平", "落实重大行政决策程序", "优化营商环境", "完善公共法律服务体系",
    "坚持党建引领", "深化“放管服”改革", "抓实合法性审查", "突出重点，做好信访工作", "自觉接受各类监督",
)  # fmt: skip
DEEDS = (
    "制定方案", "明确责任", "开展培训", "整治隐患", "畅通渠道", "建立台账", "聘请法律顾问", "配强力量", "定期会商", "以案释法",
)  # fmt: skip
SENTENCES = (
    "全年开展普法宣传{n}场次，发放资料{m}份，受教育群众{m}人次。",
    "按照《法治政府建设实施纲要（2021—2025年）》要求，我{u}成立领导小组，召开专题会议{n}次。",
    "调解矛盾纠纷{n}件，调解成功率98.{d}%，做到小事不出村、大事不出{u}。",
    "一是健全制度，修订工作规则{n}项；二是强化学习，组织干部学法{n}次；三是严格考核，兑现奖惩。",
    "办理行政处罚案件{n}件，没有被复议和诉讼。",
    "与邻近的太和镇、永兴乡建立联调机制，共同处置跨界纠纷{n}起。",
    "投入经费{d}.5万元，建成法治文化广场1个，法律图书角{n}处。",
    "坚持“谁执法谁普法”，把宪法、民法典送进学校、送进村组，群众的法治意识不断提高。",
    "具体做法：1.每月一次例会；2.每季一次督查；3.每年一次考评。",
)
PROBLEM_SENTENCES = (
    "一是法治宣传的形式还比较单一，群众参与的积极性不高。二是执法人员只有{n}名，力量不足。",
    "个别干部运用法治思维解决问题的能力不强，学法用法还停留在表面。",
    "村级法律服务资源少，法律顾问到村服务的次数不够，群众的知晓率偏低。",
)
PLAN_SENTENCES = (
    "下一步，将继续加强学习，提高干部依法办事的能力，力争普法覆盖率达到{n}%以上。",
    "一是加大普法力度，创新宣传方式。二是配齐执法人员，再培训{n}人次。",
    "加强与司法所的配合，完善多元化解机制，为高质量发展提供法治保障。",
)
STEMS = (
    "白沙", "龙泉", "石桥", "大河", "永安", "双溪", "新华", "城关", "乌拉", "东升", "金山", "太平", "罗家坪", "镇南", "乡贤",
    "高台子", "三岔口", "清水河", "沙坝", "景泰", "花园", "桥头", "赤水", "阿木古郎", "石门坎",
)  # fmt: skip
NATIONS = ("瑶族", "苗族", "回族", "土家族", "彝族", "白族", "满族", "侗族")
PLACES: tuple[tuple[str, str, str], ...] = (  # province, city, county
    ("湖南省", "怀化市", "辰溪县"), ("湖南省", "邵阳市", "城步苗族自治县"), ("重庆市", "", "铜梁区"), ("重庆市", "", "秀山土家族苗族自治县"),
    ("四川省", "泸州市", "古蔺县"), ("四川省", "凉山彝族自治州", "会理市"), ("贵州省", "黔东南苗族侗族自治州", "镇远县"),
    ("贵州省", "安顺市", "镇宁布依族苗族自治县"), ("山西省", "临汾市", "乡宁县"), ("江西省", "景德镇市", "浮梁县"),
    ("江西省", "景德镇市", "昌江区"), ("内蒙古自治区", "呼伦贝尔市", "新巴尔虎左旗"), ("内蒙古自治区", "呼伦贝尔市", "鄂伦春自治旗"),
    ("内蒙古自治区", "锡林郭勒盟", "西乌珠穆沁旗"), ("福建省", "三明市", "将乐县"), ("广东省", "清远市", "清城区"), ("北京市", "", "朝阳区"),
    ("吉林省", "长春市", "朝阳区"), ("新疆维吾尔自治区", "昌吉回族自治州", "木垒哈萨克自治县"), ("西藏自治区", "昌都市", "左贡县"),
    ("浙江省", "宁波市", "镇海区"), ("江苏省", "镇江市", "丹徒区"), ("云南省", "昭通市", "镇雄县"), ("河南省", "平顶山市", "新华区"),
    ("湖北省", "恩施土家族苗族自治州", "巴东县"), ("广西壮族自治区", "桂林市", "龙胜各族自治县"), ("上海市", "", "浦东新区"),
)  # fmt: skip
NOISE = ("- {p} -", "— {p} —", "第 {p} 页 共 9 页", "{p}", "·{p}·")


@dataclass
class WildReport:
    """A made report with what a reader would say of it."""

    seed: int
    metadata: Metadata
    headings: list[tuple[int, str]] = field(default_factory=list)
    text: str = ""
    unnumbered: bool = False


@dataclass
class _Writer:
    random: random.Random
    unit: str
    lines: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)

    def sentence(self, table: tuple[str, ...]) -> str:
        r = self.random
        return r.choice(table).format(n=r.randint(2, 60), m=r.randint(100, 9000), d=r.randint(1, 9), u=self.unit)

    def paragraph(self, table: tuple[str, ...]) -> str:
        return "".join(self.sentence(table) for _ in range(self.random.randint(1, 3)))


def wild_report(seed: int) -> WildReport:
    """The report of that seed."""
    r = random.Random(seed)
    metadata, front, unit, tail = _front(r)
    w = _Writer(r, unit)
    kind = r.random()
    unnumbered = kind > 0.85
    indent = r.choice(("", "", "　　", "  ", "    ", "\t"))
    styles = _styles(r)
    _body(w, styles, unnumbered)
    contents = []
    if not unnumbered and r.random() < 0.2:
        contents = ["目  录" if r.random() < 0.5 else "目录"]
        leader = r.choice(("……", "…………… ", "........", " \t", " ················ ", ""))
        level_2 = r.random() < 0.5
        page = 1
        for level, text in w.headings:
            if level == 1 or (level == 2 and level_2):
                contents.append(f"{text}{leader}{page}" if leader else text)
                page += r.randint(0, 2)
    blank = r.random() < 0.5
    lines = [*front, *contents, _opening(r, unit, metadata.year or 2024), *w.lines]
    if r.random() < 0.25:
        noise = r.choice(NOISE)
        for page, at in enumerate(range(len(front) + len(contents) + 4, len(lines), 7), start=1):
            lines.insert(at, noise.format(p=page))
    lines += tail
    text = ("\n\n" if blank else "\n").join(
        line if line in front or line in tail else indent + line for line in lines
    ) + "\n"
    return WildReport(seed, metadata, w.headings, text, unnumbered)


def _styles(r: random.Random) -> list[Style]:
    """Styles of three levels as offices nest them; now and then a level is left out."""
    top, middle, low, lowest = r.choice(TOP), r.choice(MIDDLE), r.choice(LOW), r.choice(LOWEST)
    return r.choice(
        (
            [top, middle, low], [top, middle, low], [top, middle, lowest], [top, low, lowest],
            [middle, low, lowest], [top, lowest, lowest], [low, lowest, lowest],
            [lambda n: f"{n} ", lambda n: f"{n}.", lambda n: f"{n}."],
        )
    )  # fmt: skip


def _body(w: _Writer, styles: list[Style], unnumbered: bool) -> None:
    r = w.random
    decimal = styles[0](1) == "1 "
    mode = r.choice(("line", "line", "line with stop", "run in"))
    low_mode = r.choice(("run in", "line", "run in"))
    slip = r.random() < 0.25  # the author's numbers skip or double
    run_in_top = r.random() < 0.1
    tops = [r.choice(DONE), r.choice(PROBLEMS), *([r.choice(DUTY)] if r.random() < 0.5 else []), r.choice(PLANS)]
    if r.random() < 0.2:
        tops = [*r.sample(MATTERS, r.randint(2, 5)), *tops[1:]]
    problem_list = r.choice(("sentences", "items", "plain"))
    for number, name in enumerate(tops, start=1):
        table = PROBLEM_SENTENCES if name in PROBLEMS else PLAN_SENTENCES if name in PLANS else SENTENCES
        heading = name if unnumbered else styles[0](number) + name
        opened = heading.removeprefix("## ").removeprefix("**")
        w.headings.append((1, opened.strip()))
        bold = "**" if heading.startswith("**") else ""
        subs = number == 1 or (table is SENTENCES and r.random() < 0.3)
        if subs and name in DONE:
            w.lines.append(heading + bold)
            _subsections(w, styles, mode, low_mode, slip, decimal, number)
        elif run_in_top and not unnumbered and not bold and not heading.startswith("##"):
            w.headings[-1] = (1, opened.strip() + "。")
            w.lines.append(f"{heading}。{w.paragraph(table)}")
        else:
            w.lines.append(heading + bold)
            if table is PROBLEM_SENTENCES and problem_list == "items" and not unnumbered:
                ends = r.choice(("；", "。"))
                for n in range(1, r.randint(3, 5)):
                    item = f"{r.choice(('普法', '执法', '调解', '学法'))}工作还不够扎实，{r.choice(('人手', '经费', '办法'))}少{ends}"
                    w.lines.append((f"（{n}）" if decimal else styles[1](n)) + item)
            else:
                w.lines.append(w.paragraph(table))
                if r.random() < 0.4:
                    w.lines.append(w.paragraph(table))


def _subsections(
    w: _Writer, styles: list[Style], mode: str, low_mode: str, slip: bool, decimal: bool, above: int
) -> None:
    r = w.random
    names = r.sample(MATTERS, r.randint(2, 6))
    number = 0
    for name in names:
        number += 1
        if slip and number > 1 and r.random() < 0.3:
            number += r.choice((-1, 1))
        numeral = f"{above}.{number} " if decimal else styles[1](max(number, 1))
        heading = numeral.lstrip() + name
        if mode == "run in":
            w.headings.append((2, heading + "。"))
            w.lines.append(f"{heading}。{w.paragraph(SENTENCES)}")
        else:
            stop = "。" if mode == "line with stop" else ""
            w.headings.append((2, heading + stop))
            w.lines.append(heading + stop)
            if r.random() < 0.3 and styles[2] is not styles[1]:
                for n, deed in enumerate(r.sample(DEEDS, r.randint(2, 4)), start=1):
                    numeral = f"{above}.{number}.{n} " if decimal else styles[2](n)
                    if low_mode == "run in":
                        w.headings.append((3, f"{numeral}{deed}。"))
                        w.lines.append(f"{numeral}{deed}。{w.paragraph(SENTENCES)}")
                    else:
                        w.headings.append((3, numeral + deed))
                        w.lines += [numeral + deed, w.paragraph(SENTENCES)]
            else:
                w.lines.append(w.paragraph(SENTENCES))


def _opening(r: random.Random, unit: str, year: int) -> str:
    return r.choice(
        (
            f"{year}年，我{unit}以习近平新时代中国特色社会主义思想为指导，认真贯彻落实上级部署，扎实推进各项工作。现将{year}年度工作情况报告如下：",
            f"今年以来，在上级的正确领导下，我{unit}认真落实《关于做好{year}年度法治政府建设工作的通知》要求，现将有关情况汇报如下。",
            f"{year}年是“十四五”规划的重要一年。{year}年以来，我{unit}法治建设比{year - 1}年有了新的进步，现报告如下：",
        )
    )


def _year_words(r: random.Random, year: int) -> str:
    return r.choice(
        (
            str(year), str(year), str(year), _wide(year),
            "".join("〇一二三四五六七八九"[int(d)] for d in str(year)),
            "".join("○一二三四五六七八九"[int(d)] for d in str(year)),
        )
    )  # fmt: skip


def _front(r: random.Random) -> tuple[Metadata, list[str], str, list[str]]:
    """The lines above the body and below it, and what they say."""
    province, city, county = r.choice(PLACES)
    stem = r.choice(STEMS)
    form = r.choice(("镇", "镇", "乡", "乡", "街道", "苏木", "民族乡"))
    township = stem + (r.choice(NATIONS) + "乡" if form == "民族乡" else form)
    office = township + ("办事处" if form == "街道" else "人民政府")
    unit = {"民族乡": "乡", "苏木": "苏木", "街道": "街道"}.get(form, form)
    year = r.randint(2015, 2025)
    y = _year_words(r, year) + r.choice(("年", "年度"))
    what = r.choice(
        (
            "法治政府建设情况报告",
            "法治政府建设工作总结",
            "法治政府建设年度报告",
            "推进法治政府建设工作情况汇报",
            "依法行政工作总结",
        )
    )
    says_county, says_city, says_province = True, bool(city) and r.random() < 0.4, r.random() < 0.3
    if says_city and not says_province and r.random() < 0.5:
        says_city = False
    places = (province if says_province else "") + (city if says_city else "") + county
    block: list[str] = []
    tail: list[str] = []
    layout = r.choice(
        ("one", "two", "three", "broken", "about", "year first", "bare town", "none", "no year", "gov only")
    )
    if layout == "one":
        title = [f"{places}{office}{y}{what}"]
    elif layout == "two":
        title = [f"{places}{office}", f"{y}{what}"]
    elif layout == "three":
        title = [places, office, f"{y}{what}"]
    elif layout == "broken":
        title = [f"{places}{office}", f"关于{y}法治政府建设", "工作情况的报告"]
    elif layout == "about":
        title = [f"{places}{office}关于{y}法治政府建设情况的报告"]
    elif layout == "year first":
        title = [f"{y}{places}{township}{what}"]
    elif layout == "gov only":
        title = [f"{places}{township}", f"关于{y}法治政府建设情况的报告"]
    elif layout == "bare town":
        title = [f"{township}{y}{what}"]
        tail = [f"{places}{office}", f"{year + r.choice((0, 1))}年{r.randint(1, 12)}月{r.randint(1, 28)}日"]
    elif layout == "no year":
        title = [f"{places}{office}{what}"]
        tail = [office, f"{year + 1}年1月{r.randint(1, 28)}日"]
    else:
        title = []
        tail = [f"{places}{office}", f"{year + 1}年1月{r.randint(1, 28)}日"]
    if r.random() < 0.25:
        separator = r.choice((":", "：", "： ", " : "))
        block = [
            f"索{' ' if r.random() < 0.3 else ''}引 号{separator}1150{r.randint(1000, 9999)}MB/{year + 1}-0000{r.randint(1, 9)}".replace(
                "引 号", r.choice(("引号", "引 号"))
            ),
            f"发布机构{separator}{office}",
            f"{r.choice(('发文日期', '成文日期', '发布日期'))}{separator}{year + 1}-01-{r.randint(10, 28)}",
            f"主题分类{separator}司法;法制",
        ]
        if r.random() < 0.5:
            block = ["  ".join(block)]
    cruft = (
        [f"发布时间：{year + 1}-02-0{r.randint(1, 9)} 浏览次数：{r.randint(10, 900)} 字体：[大 中 小]"]
        if r.random() < 0.2
        else []
    )
    addressee = [f"{county}人民政府：" if r.random() < 0.5 else "县司法局："] if r.random() < 0.25 else []
    metadata = Metadata(
        township=township,
        level=form,
        county=county if says_county else None,
        city=city if says_city else None,
        province=province if says_province else None,
        year=year,
        title="\n".join(title) or None,
    )
    return metadata, [*block, *title, *cruft, *addressee], unit, tail


def titled_report(seed: int) -> WildReport:
    """The next report from that seed on whose title names township and year."""
    while True:
        report = wild_report(seed)
        title = report.metadata.title or ""
        if (report.metadata.township or "-") in title and str(report.metadata.year) in recognisable(title):
            return report
        seed += 1
