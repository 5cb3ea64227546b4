"""More pairs from labelled ones, by programmes that a reader can check: each changes one thing and knows the new label.

Reports praise what was done, so plans, denials, narrower scopes and other townships are rare among real sentences; the
judge must tell them apart nevertheless. ``python -m xiangwen.training.rewrites PAIRS WRITTEN REPORTS…`` prints how many
pairs each programme makes and some of them to read.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from xiangwen.language.characters import traditional
from xiangwen.training.pairs import SEED, Pair, read_pairs, read_written

_PLAN_HEADINGS = (
    "三、下一步工作打算",
    "四、下一年度工作安排",
    "三、2025年工作计划",
    "四、下一步工作计划",
    "五、今后努力方向",
    "三、2024年法治政府建设工作思路",
    "四、下一年度推进法治政府建设的主要安排",
    "三、下步工作措施",
)
_LACK_HEADINGS = (
    "二、存在的问题和不足",
    "三、存在的主要问题",
    "二、工作中存在的不足",
    "三、存在问题及原因分析",
    "二、存在的困难和问题",
    "三、短板弱项",
)
_PLACES = (
    "江口县德旺乡",
    "遂川县草林镇",
    "盐津县普洱镇",
    "静宁县威戎镇",
    "五河县头铺镇",
    "安岳县石羊镇",
    "浑源县永安镇",
    "天台县平桥镇",
    "鹤庆县松桂镇",
    "凤凰县阿拉营镇",
    "西乌珠穆沁旗高日罕镇",
    "同心县河西镇",
    "襄汾县古城镇",
    "榕江县古州镇",
    "宁明县城中镇",
    "大安市安广镇",
    "莒县峤山镇",
    "永春县达埔镇",
    "巫溪县文峰镇",
    "阳新县白沙镇",
)
_OTHER_MATTERS = (
    "坚持以习近平新时代中国特色社会主义思想为指导，深入学习贯彻党的二十大精神",
    "围绕县委、县政府中心工作，统筹推进乡村振兴、产业发展和民生保障各项任务",
    "结合主题教育和干部作风建设，层层压实工作责任",
    "针对辖区山高路远、居住分散、外出务工人员多的实际",
    "对照上级下达的年度目标任务和考核细则，逐项细化措施、明确时限",
    "依托党群服务中心和村级活动场所，广泛听取干部群众意见",
    "持续抓好农村人居环境整治、道路硬化和饮水安全巩固提升",
    "在上级主管部门的指导和相关站所的配合下",
    "为全镇经济社会高质量发展营造了良好氛围，群众获得感、幸福感、安全感明显增强",
    "积极发展特色种植和乡村旅游，带动脱贫户稳定增收",
    "做到年初有部署、年中有调度、年底有考核",
    "不断提升基层治理体系和治理能力现代化水平",
)
_OTHER_WORDS = {
    "法律顾问": ("律师", "懂法的律师", "法律参谋"),
    "律师": ("法律顾问", "法律工作者"),
    "聘请": ("请", "配备", "聘用", "安排"),
    "配备": ("有", "安排", "聘请"),
    "行政村": ("村", "村子"),
    "村（社区）": ("村", "村居"),
    "每个村": ("各村", "所有村", "村村", "每个村（社区）"),
    "调解": ("调处", "化解", "劝和"),
    "矛盾纠纷": ("纠纷", "扯皮事", "矛盾"),
    "宣传": ("宣讲", "普及", "科普"),
    "培训": ("学习班", "轮训", "教育培训"),
    "行政处罚": ("处罚", "罚款案件"),
    "罚款": ("罚钱", "处罚金额"),
    "群众": ("老百姓", "居民", "村民"),
    "干部": ("工作人员", "机关人员"),
    "执法人员": ("执法队员", "执法干部"),
    "信访": ("上访", "来信来访"),
    "网格员": ("网格人员", "网格长和网格员"),
    "法律明白人": ("学法懂法的带头人", "农村法治带头人"),
    "荣誉": ("奖", "表彰", "称号"),
    "不足": ("短板", "问题", "差距"),
    "打算": ("计划", "准备", "拟"),
    "审查": ("审核", "把关"),
    "公开": ("公示", "公布"),
    "开展": ("搞", "组织", "做"),
    "建立": ("建", "设立", "成立"),
    "成立": ("组建", "设立"),
    "防诈骗": ("反诈", "反电诈", "防骗"),
    "经费": ("资金", "钱"),
}
"""Words that officials and villagers use for the same; not always the same elsewhere, here they are."""
_ABOUT_PLANS_OR_LACKS = re.compile(
    "计划|打算|下一|下步|明年|今后|准备|拟|不足|问题|短板|差距|薄弱|困难|没有|未|尚|不"
    r"|plan|next year|intend|short|lack|problem|not\b|no\b|without",
    re.I,
)
_COUNTED = re.compile(r"完成|今年以来|截至|累计|共计|全年|\d(?!\d*年)|获|荣")
_VERB = re.compile(
    "已?(?P<verb>建立|开展|组织|设立|聘请|配备|成立|制定|推行|落实|举办|印发|公开|实行|推进|完善|健全|编制|签订|召开|实施|出台|组建"
    "|建成|打造|邀请)了?"
)
_EVERY_VILLAGE = re.compile(
    r"(?<![全部盖\d])(?:全乡|全镇|辖区内?|全街道)?(?:各个?|每个|所有|全部|\d+个)(?:行政)?(?:村（社区）|村\(社区\)|村居|村|社区)"
)
_EVERY_ASKED = re.compile(r"每个?村|各村|所有村|村村|一村一|every village|each village|all villages", re.I)
_WHICH = re.compile(r"^哪些乡镇(?!的|[（(])(?P<rest>[^？?，,（）()]{3,40})[？?]$")
_YEAR = re.compile(r"20\d\d")

Rewrite = Callable[[Pair, random.Random], Pair | None]


def _township(place: str) -> str:
    """「江口县德旺乡2023」 → 「德旺乡」."""
    bare = _YEAR.sub("", place)
    found = re.search(r"(?:自治县|[县区市旗])([^县区市旗]{2,12})$", bare)
    return found.group(1) if found else bare


def _names_place(pair: Pair) -> bool:
    name = _township(pair.place)
    return any(name[:-1] in wording for wording in (*pair.wordings, *pair.english))


def _elsewhere(place: str, chance: random.Random) -> str:
    year = _YEAR.search(place)
    return chance.choice([p for p in _PLACES if p not in place]) + (year.group() if year else "")


def _asks_for_the_done(pair: Pair) -> bool:
    return pair.form in ("which", "yesno") and not any(
        _ABOUT_PLANS_OR_LACKS.search(w.replace("有没有", "").replace("是不是", ""))
        for w in (*pair.wordings, *pair.english)
    )


def _with_first_verb(sentence: str, adverb: str) -> str | None:
    """The sentence with an adverb before its first verb, where that is in the first clause."""
    verb = _VERB.search(sentence)
    if not verb or re.search("[，,；;。]", sentence[: verb.start()]):
        return None
    changed = f"{sentence[: verb.start()]}{adverb}{verb['verb']}{sentence[verb.end() :]}"
    return None if re.search("已|了", changed) else changed


def planned(pair: Pair, chance: random.Random) -> Pair | None:
    """The same words as a plan, or under a heading of plans, are no longer done."""
    if not (pair.says_so and _asks_for_the_done(pair)) or _COUNTED.search(pair.sentence):
        return None
    sentence = _with_first_verb(pair.sentence, chance.choice(("将", "计划", "力争", "拟", "", "")))
    if sentence is None:
        return None
    return replace(pair, path=(chance.choice(_PLAN_HEADINGS), *pair.path[1:]), sentence=sentence, label="future")


def denied(pair: Pair, chance: random.Random) -> Pair | None:
    """A verb that is denied says the contrary."""
    if not (pair.label == "yes" and _asks_for_the_done(pair)) or _COUNTED.search(pair.sentence):
        return None
    if len(re.findall("[，,；;]", pair.sentence)) > 1 or len(pair.sentence) > 70:
        return None
    adverb = chance.choice(("尚未", "未", "没有", "至今未", "本年度没有", "目前还没有"))
    sentence = _with_first_verb(pair.sentence, adverb)
    if sentence is None:
        return None
    path = (chance.choice(_LACK_HEADINGS), *pair.path[1:]) if chance.random() < 0.5 else pair.path
    return replace(pair, path=path, sentence=sentence, label="no")


def other_township(pair: Pair, chance: random.Random) -> Pair | None:
    """Asked of one township, another one's sentence is only about it."""
    name = _township(pair.place)
    if pair.label in ("about", "unrelated") or not _names_place(pair) or name[:-1] in pair.sentence:
        return None
    return replace(pair, place=_elsewhere(pair.place, chance), label="about")


def other_year(pair: Pair, chance: random.Random) -> Pair | None:
    """Asked of one year, another year's sentence is only about it."""
    year = _YEAR.search(pair.place)
    if pair.label in ("about", "unrelated") or not year or _YEAR.search(pair.sentence):
        return None
    if not all(year.group() in w for w in (*pair.wordings, *pair.english)):
        return None
    other = str(int(year.group()) + chance.choice((-2, -1, 1)))
    return replace(pair, place=pair.place.replace(year.group(), other), label="about")


def renamed(pair: Pair, chance: random.Random) -> Pair | None:
    """Asked of all, it does not matter which township says so."""
    if _names_place(pair) or pair.form != "which" or _township(pair.place)[:-1] in pair.sentence:
        return None
    return replace(pair, place=_elsewhere(pair.place, chance))


def _asked_of_townships(pair: Pair) -> list[str]:
    """「哪些乡镇聘请了律师？」 → 「聘请了律师」."""
    return [m.group("rest") for w in pair.wordings if (m := _WHICH.match(w))]


def asked_of_one(pair: Pair, chance: random.Random) -> Pair | None:
    """「哪些乡镇…？」 asked as 「某镇有没有…？」, of the township that says so or of another."""
    rests = _asked_of_townships(pair)
    if not rests or pair.form != "which" or pair.source != "report":
        return None
    same = pair.label == "unrelated" or chance.random() < 0.6
    name = _township(pair.place if same else _elsewhere(pair.place, chance))
    rest = chance.choice(rests)
    wording = chance.choice((f"{name}有没有{rest}？", f"{name}是否{rest}？", f"{name}{rest}吗？"))
    label = pair.label if same else "about"
    return replace(pair, wordings=(wording,), english=(), form="yesno", label=label)


def reworded(pair: Pair, chance: random.Random) -> Pair | None:
    """「哪些乡镇…？」 in the other forms of the same question."""
    rests = _asked_of_townships(pair)
    if not rests:
        return None
    rest = chance.choice(rests)
    forms = (
        f"有没有乡镇{rest}？",
        f"是否有乡镇{rest}？",
        f"有哪些乡镇{rest}？",
        f"{rest}的乡镇有哪些？",
        f"谁{rest}？",
        f"请列出{rest}的镇街",
    )
    return replace(pair, wordings=(chance.choice(forms),), english=())


def in_other_words(pair: Pair, chance: random.Random) -> Pair | None:
    """The question in words that people use for the same."""
    known = [(w, word) for w in pair.wordings for word in _OTHER_WORDS if word in w]
    if not known:
        return None
    wording, word = chance.choice(known)
    return replace(pair, wordings=(wording.replace(word, chance.choice(_OTHER_WORDS[word])),), english=())


def other_figures(pair: Pair, chance: random.Random) -> Pair | None:
    """Which number it is does not matter to a question that gives none."""
    if pair.form != "number" or re.search(r"\d", "".join((*pair.wordings, *pair.english))):
        return None
    changed = re.sub(
        r"(?<![\d.第])[1-9]\d{0,3}(?![\d.%％]|年)",
        lambda m: str(chance.randint(2, 9 * int(m.group()) + 9)),
        pair.sentence,
    )
    return replace(pair, sentence=changed) if changed != pair.sentence else None


def narrower(pair: Pair, chance: random.Random) -> Pair | None:
    """Asked of every village: some villages are a part, the township's own office is another matter."""
    if pair.label != "yes" or not any(_EVERY_ASKED.search(w) for w in (*pair.wordings, *pair.english)):
        return None
    if not _EVERY_VILLAGE.search(pair.sentence):
        return None
    some, office = ("3个村", "部分村", "个别村（社区）", "2个重点村"), ("镇政府", "乡机关各办公室", "乡人民政府")
    to = chance.choice(some if chance.random() < 0.5 else office)
    return replace(
        pair, sentence=_EVERY_VILLAGE.sub(to, pair.sentence, count=1), label="partial" if to in some else "about"
    )


def in_a_longer_sentence(pair: Pair, chance: random.Random) -> Pair | None:
    """The same among other matters: sentences written for the training are short, those of reports are not."""
    if pair.source != "written" or len(pair.sentence) > 45:
        return None
    before, after = chance.sample(_OTHER_MATTERS, 2)
    bare = pair.sentence.rstrip("。；;")
    sentence = chance.choice((f"{before}，{bare}。", f"{bare}，{after}。", f"{before}，{bare}，{after}。"))
    return replace(pair, sentence=sentence)


def in_traditional_characters(pair: Pair, chance: random.Random) -> Pair | None:
    """「哪些鄉鎮聘請了律師？」."""
    return replace(pair, wordings=tuple(traditional(w) for w in pair.wordings), english=()) if pair.wordings else None


REWRITES: dict[Rewrite, int] = {
    planned: 700,
    denied: 400,
    other_township: 700,
    other_year: 300,
    renamed: 800,
    asked_of_one: 1200,
    reworded: 500,
    in_other_words: 2500,
    other_figures: 500,
    narrower: 200,
    in_a_longer_sentence: 900,
    in_traditional_characters: 200,
}
"""The programmes, and how many pairs each one adds at most."""


def rewritten(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """The pairs that the programmes make of these, always the same ones."""
    for programme, most in REWRITES.items():
        chance = random.Random(f"{SEED} {programme.__name__}")
        made = 0
        for pair in chance.sample(list(pairs), len(pairs)):
            new = programme(pair, chance)
            if new is not None:
                yield replace(new, source=programme.__name__)
                made += 1
                if made == most:
                    break


def _show(pairs: Iterable[Pair], examples: int = 4) -> None:
    counts: dict[str, int] = {}
    for pair in pairs:
        counts[pair.source] = counts.get(pair.source, 0) + 1
        if counts[pair.source] <= examples:
            asked = (pair.wordings or pair.english)[0]
            sys.stdout.write(f"{pair.source}\t{pair.label}\t{asked}\t{pair.context}\t{pair.sentence}\n")
    sys.stdout.write(f"{counts}\n")


if __name__ == "__main__":
    labelled, written, *folders = map(Path, sys.argv[1:])
    _show(rewritten([*read_pairs(labelled, folders), *read_written(written)]))
