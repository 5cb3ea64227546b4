"""A collection on Milvus answers as its index folder does, and an upload never leaves less than was there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from milvus_lite.adapter.grpc.server import start_server_in_thread
from milvus_lite.db import MilvusLite

from xiangwen.answers import Answer
from xiangwen.answers.assistant import Assistant
from xiangwen.encoding import Encoder
from xiangwen.exports.contract import report_rows
from xiangwen.exports.ledger_corrections import CorrectionRequest, take_down
from xiangwen.exports.ledger_rows import ledger_cells
from xiangwen.index import Index, IndexMissing, IndexOutdated, IndexProblem, build
from xiangwen.index.top_k import top_k
from xiangwen.language.tokens import tokens
from xiangwen.milvus import Address, MilvusStore, difference, publish
from xiangwen.milvus.connection import Connection, among
from xiangwen.milvus.home import Home
from xiangwen.milvus.rows import joined, text_rows
from xiangwen.questions import understand
from xiangwen.retrieval.evidence import Retriever

pytestmark = pytest.mark.slow

QUESTIONS = [
    "哪些乡镇为每个村都聘请了律师？",
    "哪些报告提到了枫桥经验？",
    "哪些乡镇推行了河长制？",
    "哪个乡镇发的宣传材料最多？",
    "白土乡2024年录入多少件矛盾纠纷？",
    "土门关乡存在哪些不足？",
    "各乡镇下一步有哪些打算？",
    "总结万灵镇的普法工作",
    "白土乡和善感乡，哪边发的宣传资料更多？",
    "Which townships hire a lawyer for every village?",
]
WORDS = ("矛盾纠纷", "法律顾问", "燃放烟花的罚款", "lawyer", "没有这样的词")
TEXT = "荣昌区{}2024年法治政府建设情况报告\n一、成效\n全年调解矛盾纠纷{}件。聘请法律顾问12名。\n"


@pytest.fixture(scope="module")
def whole(milvus: Address, index: Index) -> MilvusStore:
    """Fetches all passages, as for a county."""
    store = MilvusStore.load(milvus)
    store.take_encoder(index)
    return store


@pytest.fixture(scope="module")
def parts(whole: MilvusStore, index: Index) -> MilvusStore:
    """Fetches the promising passages only, as for a province."""
    store = MilvusStore(whole.connection, whole.collection, all_up_to=0)
    store.take_encoder(index)
    return store


@pytest.fixture(scope="module")
def expected(index: Index) -> dict[str, Answer]:
    assistant = Assistant(index)
    return {question: assistant.ask(question) for question in QUESTIONS}


@pytest.fixture
def small(tmp_path: Path, encoder: Encoder) -> Path:
    """An index of two short reports."""
    return index_of(tmp_path, 100, encoder)


def index_of(folder: Path, number: int, encoder: Encoder) -> Path:
    (folder / "报告").mkdir(exist_ok=True)
    for name in ("万灵镇", "清流镇"):
        (folder / "报告" / f"{name}.txt").write_text(TEXT.format(name, number), encoding="utf-8")
    build(folder / "报告", folder / "index", encoder=encoder)
    return folder / "index"


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_is_that_of_the_folder(whole: MilvusStore, expected: dict[str, Answer], question: str) -> None:
    said = Assistant(whole).ask(question)
    assert said.to_dict() | {"timing_ms": 0} == expected[question].to_dict() | {"timing_ms": 0}


@pytest.mark.parametrize("question", QUESTIONS)
def test_from_promising_passages_alone_the_answer_is_the_same(
    parts: MilvusStore, expected: dict[str, Answer], question: str
) -> None:
    said, wanted = Assistant(parts).ask(question), expected[question]
    assert (said.text, said.citations) == (wanted.text, wanted.citations)
    assert said.checked_passages == wanted.checked_passages
    assert [(v.report, v.verdict) for v in said.verdicts] == [(v.report, v.verdict) for v in wanted.verdicts]
    assert [v.confidence for v in said.verdicts] == pytest.approx([v.confidence for v in wanted.verdicts], abs=0.03)


def test_every_report_has_passages_among_the_promising_ones(parts: MilvusStore) -> None:
    assistant = Assistant(parts)
    for question in ("哪些乡镇推行了河长制？", "哪些乡镇聘请了法律顾问？"):
        passages = assistant.retriever.evidence(understand(question, assistant.atlas)).passages
        assert set(parts.report_of[passages]) == set(range(len(parts.reports)))


@pytest.mark.parametrize("words", WORDS)
def test_the_best_passages_of_every_report_are_those_of_the_folder(
    parts: MilvusStore, index: Index, words: str
) -> None:
    vector, lexical = index.vector(words), index.lexical.scores(words)
    nearest = parts.nearest_of_each(vector, [0, 3], 4)
    best = parts.best_bm25_of_each(Counter(tokens(words)), [0, 3], 4)
    for report in (0, 3):
        own = index.ranges.rows([report])
        near = index.similarity(words)[own]
        assert nearest[report] == own[top_k(near, 4)].tolist()
        found = lexical[best[report]]
        assert found == pytest.approx(np.sort(lexical[own])[::-1][: len(found)], rel=1e-4)
        assert len(found) == min(4, np.count_nonzero(lexical[own]))


@pytest.mark.parametrize("words", WORDS)
def test_a_search_finds_the_same_in_the_same_order(whole: MilvusStore, index: Index, words: str) -> None:
    assert Retriever(whole).search(words, 20) == Retriever(index).search(words, 20)


def test_the_ledger_is_that_of_the_folder(whole: MilvusStore, index: Index) -> None:
    for number in range(len(index.reports)):
        assert list(whole.ledger.of_report(number)) == list(index.ledger.of_report(number))


def test_reports_and_their_exact_texts_are_the_same(whole: MilvusStore, index: Index) -> None:
    assert whole.reports == index.reports
    assert report_rows(whole) == report_rows(index)
    assert [whole.quote(p) for p in whole.passages[:50]] == [index.quote(p) for p in index.passages[:50]]


@pytest.mark.parametrize("words", WORDS)
def test_what_is_said_of_the_whole_collection_is_exact(parts: MilvusStore, index: Index, words: str) -> None:
    vector, scores, lexical = index.vector(words), index.similarity(words), index.lexical.scores(words)
    said, nothing = parts.statistics, np.zeros(1, dtype=np.float32)
    assert said.mean_and_deviation(vector, nothing) == pytest.approx((scores.mean(), scores.std()), rel=1e-3)
    assert said.document_frequency((words,), 0) == len(index.signals.quotes.holds(words))
    assert said.best_bm25(words, nothing) == pytest.approx(lexical.max(), rel=1e-4)
    fetched = parts.subset(range(len(parts.reports)))
    np.testing.assert_allclose(fetched.lexical.scores(words), lexical, rtol=1e-4)
    np.testing.assert_allclose(fetched.vectors.similarity(vector), scores, atol=1e-5)


def test_a_second_upload_of_the_same_index_does_nothing(index_dir: Path, milvus: Address) -> None:
    assert publish(index_dir, milvus).unchanged


def test_the_name_moves_to_the_new_index_and_who_asks_the_old_one_is_still_answered(
    small: Path, tmp_path: Path, encoder: Encoder
) -> None:
    home = Home(small, Address.read(f"milvus:{tmp_path}/a.db"))
    assert home.store is not None
    publish(small, home.store)
    before, old = home.in_use(), home.load()
    index_of(tmp_path, 200, encoder)
    assert "xiangwen build --store" in difference(small, home.store), "the folder is ahead"
    publish(small, home.store)
    assert home.in_use() != before
    assert "200件" in home.load().reports[0].text and "100件" in old.reports[0].text
    assert difference(small, home.store) == ""


def test_an_upload_that_is_killed_leaves_the_earlier_one_serving_and_the_next_clears_it_away(
    small: Path, tmp_path: Path, encoder: Encoder
) -> None:
    address = Address.read(f"milvus:{tmp_path}/b.db")
    first = publish(small, address).collection
    index_of(tmp_path, 200, encoder)
    connection = Connection(address)
    connection.client.create_collection("xiangwen_20240101_000000_abcdef", dimension=4)  # what a kill leaves behind

    def stop(stage: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(small, address, stop)
    assert connection.in_use() == first
    assert "100件" in MilvusStore.load(address).reports[0].text
    assert set(connection.client.list_collections()) == {first, f"{first}_about"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Milvus Lite as a server on loopback."""
    running, database, port = start_server_in_thread(str(tmp_path_factory.mktemp("server") / "data"))
    yield f"127.0.0.1:{port}"
    running.stop(grace=0)
    database.close()


def test_a_server_is_asked_over_the_network(server: str, small: Path) -> None:
    address = Address.read(f"milvus://{server}/two_reports")
    publish(small, address)
    answer = Assistant(MilvusStore.load(address), judge=False).ask("哪些乡镇聘请了法律顾问？")
    assert {v.township for v in answer.verdicts if v.verdict == "yes"} == {"万灵镇", "清流镇"}


def test_what_is_not_there_is_told_with_the_command_that_makes_it(server: str, tmp_path: Path) -> None:
    for text in (f"milvus://{server}/nothing", f"milvus:{tmp_path}/nothing.db"):
        with pytest.raises(IndexMissing, match="xiangwen build --store milvus:"):
            MilvusStore.load(Address.read(text))
    assert not (tmp_path / "nothing.db").exists()


def test_a_server_that_does_not_answer_is_told_in_one_sentence() -> None:
    with pytest.raises(IndexProblem, match="没有应答"):
        MilvusStore.load(Address.read("milvus://127.0.0.1:1/reports"))


def test_a_file_that_another_program_holds_is_told_in_one_sentence(tmp_path: Path) -> None:
    with MilvusLite(str(tmp_path / "held.db")), pytest.raises(IndexProblem, match="另一个程序正在使用"):
        MilvusStore.load(Address.read(f"milvus:{tmp_path}/held.db"))


def test_another_model_is_refused(milvus: Address) -> None:
    with pytest.raises(IndexOutdated, match="--model other"):
        MilvusStore.load(milvus, "other")


@pytest.mark.parametrize(
    "text",
    [
        "index",
        "http://a:1/b",
        "milvus://",
        "milvus://a:1/中文",
        "milvus://a:99999/b",
        "milvus:a.txt",
        "milvus://u:p@h/x",
    ],
)
def test_what_is_no_address_is_told_how_one_is_written(text: str) -> None:
    with pytest.raises(IndexProblem, match="milvus://HOST:19530/NAME"):
        Address.read(text)


@pytest.mark.parametrize(
    "text", ["milvus://10.0.0.8", "milvus://a.b:7/c", "milvus://[::1]:7/c", "milvus:///x/乡.db/n", "milvus:r.db"]
)
def test_an_address_is_written_as_it_is_read(text: str) -> None:
    assert Address.read(str(Address.read(text))) == Address.read(text)


@given(text=st.text(alphabet=st.characters(exclude_categories=()), max_size=40), times=st.sampled_from([1, 900]))
def test_any_text_comes_back_from_its_pieces(text: str, times: int) -> None:
    rows = list(text_rows("text", 0, text * times, np.zeros(2, dtype=np.float32)))
    assert joined(rows[::-1]) == text * times
    assert all(len(row["content"].encode()) <= 65_535 for row in rows)


@given(st.sets(st.integers(0, 60), min_size=1))
def test_a_filter_names_just_these_numbers(numbers: set[int]) -> None:
    filter_ = among("n", sorted(numbers))
    assert {n for n in range(62) if eval(filter_, {"n": n})} == numbers


def test_what_was_corrected_beside_the_index_folder_counts_in_the_collection(small: Path, tmp_path: Path) -> None:
    home = Home(small, Address.read(f"milvus:{tmp_path}/a.db"))
    assert home.store is not None
    publish(small, home.store)
    index = Index.load(small)
    said = {
        "report": index.reports[0].id,
        "indicator": "disputes_settled",
        "mark": "value",
        "value": "77件",
        "who": "张三",
    }
    take_down(index, small, CorrectionRequest.model_validate(said))
    in_folder, on_milvus = (list(ledger_cells(store)) for store in (Index.load(small), home.load()))
    assert [(line.cell, line.correction) for line in on_milvus] == [(line.cell, line.correction) for line in in_folder]
    assert [line.cell.value for line in on_milvus if line.correction] == [77]
