"""The page's own words in Chinese and English: an answer's labels follow the question, all others the page's switch."""

from __future__ import annotations

from xiangwen.language.languages import Language
from xiangwen.web.ledger_words import LEDGER_WORDS
from xiangwen.web.opening import STAGE_WORDS

_ANSWER: dict[str, tuple[str, str]] = {
    "high": ("高", "high"),
    "medium": ("中", "medium"),
    "low": ("低", "low"),
    "verdict": ("判断", "Verdict"),
    "evidence": ("原文依据", "Evidence"),
    "confidence": ("把握", "Confidence"),
    "value": ("数值", "Value"),
    "not answered": ("没有找到答案", "No answer found"),
    "nearest": ("下面 {n} 句是最接近的原文，不是答案", "The {n} nearest passages: not an answer"),
    "no sentence": ("报告中没有相关语句", "no sentence on it"),
    "no heading": ("开头（无标题）", "Opening, no heading"),
    "more rows": ("显示其余 {n} 个{issuers}", "Show {n} more {issuers}"),
    "silent rows": ("未提及：{n} 份报告", "Not mentioned in {n} of the reports"),
    "no number": ("没有给出数字：{n} 份报告", "No number given in {n} of the reports"),
    "sort": ("按这一列排序", "Sort by this column"),
}
_REPORT: dict[str, tuple[str, str]] = {
    "contents": ("目录", "Contents"),
    "citation": ("依据", "Citation"),
    "near citation": ("接近的原文（不是答案）", "Near, not an answer"),
    "previous": ("上一条依据", "Previous citation"),
    "next": ("下一条依据", "Next citation"),
    "close": ("关闭原文（Esc）", "Close the report (Esc)"),
    "copy quote": ("复制引文", "Copy citation"),
    "opening": ("开头（无标题）", "Opening, no heading"),
    "path": ("标题路径", "Heading path"),
    "report gone": ("这份报告已不在索引中，请重新提问。", "That report is no longer indexed: ask again."),
}
_PAGE: dict[str, tuple[str, str]] = {
    "motto": ("法治政府建设报告问答，句句有出处", "Rule-of-law reports: every word quoted"),
    "page actions": ("页面", "Page"),
    "left": ("报告与对话", "Reports and chats"),
    "show left": ("显示或隐藏报告与对话", "Show or hide reports and chats"),
    "new chat": ("新对话", "New chat"),
    "other language": ("English", "中文"),
    "theme": ("浅色／深色", "Light / dark"),
    "log out": ("退出", "Log out"),
    "reports": ("报告", "Reports"),
    "chats": ("对话", "Chats"),
    "transcript": ("对话", "Conversation"),
    "report text": ("报告原文", "The report"),
    "question": ("问题", "Question"),
    "placeholder": (
        "向报告提问……　Enter 发送，Shift+Enter 换行，/ 回到这里",
        "Ask the reports…   Enter sends, / comes back here",
    ),
    "placeholder short": ("向报告提问……", "Ask the reports…"),
    "send": ("提问", "Ask"),
    "stop": ("停止", "Stop"),
    "stopped": ("已停止。", "Stopped."),
    "welcome": ("问报告，看原文", "Ask the reports, read the source"),
    "welcome text": (
        "每个乡镇都有交代，每句话都能点开原文核对。",
        "Every township is answered for; every sentence opens in its report.",
    ),
    "examples": ("可以这样问", "You could ask"),
    "next questions": ("接着可以问", "Next you could ask"),
    "checking": ("正在检查 {n} 份报告……", "Checking {n} reports…"),
    "lost": ("与服务的连接中断，请刷新页面后重试。", "The connection was lost. Please reload the page and try again."),
    "failed": ("这次没有得到答案，请稍后重新提问。", "No answer this time. Please ask again in a moment."),
    # an answer's tools
    "tools": ("对这个答案", "With this answer"),
    "copy": ("复制", "Copy"),
    "copied": ("已复制", "Copied"),
    "retry": ("重新提问", "Ask again"),
    "edit": ("修改", "Edit"),
    "editing": ("修改第 {n} 个问题，之后的问答会被替换", "Editing question {n}; what follows will be replaced"),
    "download": ("下载 {kind} 文件", "Download as {kind}"),
    "no export": ("这里还不能下载文件，可以先用“复制”。", "Downloads are not available here; “Copy” works."),
    "export failed": ("没有下载成功，请稍后再试。", "The download failed. Please try again in a moment."),
    "good": ("有用", "Helpful"),
    "bad": ("有误", "Wrong"),
    "remark": ("哪里好、哪里不对？（可以不填）", "What was right or wrong? (optional)"),
    "send remark": ("提交", "Send"),
    "cancel": ("取消", "Cancel"),
    "thanks": ("谢谢，已记录。", "Thank you, noted."),
    "no feedback": ("这里没有开通意见反馈。", "Feedback is not switched on here."),
    "feedback failed": ("意见没有提交成功，请稍后再试。", "Your remark was not sent. Please try again in a moment."),
    "not kept": (
        "这个答案太长，没有保存在浏览器里，可以重新提问。",
        "This answer was too long to keep here. Please ask again.",
    ),
    # the collection
    "find": ("查找乡镇、区县", "Find a township or county"),
    "find none": ("没有这个乡镇或区县。", "No such township or county."),
    "years": ("年份", "Year"),
    "year": ("{n}年", "{n}"),
    "no year": ("未写明年份", "No year given"),
    "no county": ("未写明区县", "No county given"),
    "inferred": ("推定", "inferred"),
    "inferred why": (
        "报告没有写明区县，按全国乡镇名录和其他报告推定。",
        "The report does not state its county: told by the country's townships and the other reports.",
    ),
    "all": ("共 {n} 份报告，{passages} 句", "{n} reports, {passages} sentences"),
    "choose": ("只问{name}", "Ask only {name}"),
    "scope": ("提问范围", "Scope"),
    "scope hint": ("勾选后，下一个问题只问所选报告。", "Tick reports to keep the next question to them."),
    "chosen": ("{n} 份报告", "{n} reports"),
    "others": ("另 {n} 个", "{n} more"),
    "clear": ("清除", "Clear"),
    "remove": ("去掉“{name}”", "Remove “{name}”"),
    "none chosen": (
        "所选条件下没有报告，请放宽筛选后再问。",
        "No report fits this selection. Please widen it and ask again.",
    ),
    # the conversations
    "no chats": ("还没有对话。", "No chats yet."),
    "chats kept": ("对话只保存在这台电脑的浏览器里。", "Chats are kept in this browser only."),
    "delete": ("删除“{name}”", "Delete “{name}”"),
    "delete all": ("全部删除", "Delete all"),
    "really": ("确定全部删除？", "Really delete all?"),
}
WORDS_OF_OFFICES: dict[str, tuple[str, str]] = {
    "welcome text": (
        "每个单位都有交代，每句话都能点开原文核对。",
        "Every office is answered for; every sentence opens in its report.",
    ),
    "find": ("查找单位、区县", "Find an office or county"),
    "find none": ("没有这个单位或区县。", "No such office or county."),
    "find township": ("查找单位", "Find an office"),
    "by name": ("单位", "Office"),
}
"""What the page's scripts say instead where not all issuers of the collection are townships."""
_ENGLISH_STAGES = {
    "open": "Opening the index",
    "encoder": "Preparing the language model (only the first time)",
    "files": "Reading the reports",
    "passages": "First use: building the index",
    "warm": "Loading the language model",
    "ready": "Ready",
    "problem": "The index cannot be used",
}
_WORDS = _ANSWER | _REPORT


def word(key: str, language: Language = "zh", **values: object) -> str:
    """A word of an answer or of the report panel, with its {places} filled in."""
    return _WORDS[key][0 if language == "zh" else 1].format(**values)


def page_words() -> dict[str, tuple[str, str]]:
    """What the page's scripts say, Chinese and English of each; the stages of the opening under ``stage …``."""
    return (
        _PAGE
        | LEDGER_WORDS
        | {f"stage {stage}": (words, _ENGLISH_STAGES[stage]) for stage, words in STAGE_WORDS.items()}
    )
