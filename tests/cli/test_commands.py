"""The command line: text for people, JSON for programs, one sentence and an exit code for whatever goes wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import xiangwen
from xiangwen.cli import main
from xiangwen.milvus import Address

pytestmark = pytest.mark.slow
COMMANDS = ("build", "check", "ask", "search", "reports", "serve")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process."""

    def call(*arguments: object) -> Ran:
        capfd.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main([str(argument) for argument in arguments])
        code = stopped.value.code
        out, err = capfd.readouterr()
        return Ran(code if isinstance(code, int) else 0, out, err)

    return call


def shell(*arguments: object, stdin: bytes = b"", cwd: Path | None = None, **environment: str) -> Ran:
    """Run the command line as users do, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "xiangwen", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **environment},
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def fed(stdin: bytes, *arguments: object) -> Ran:
    """Run the command line in this process, with these bytes as its input."""
    given, out, err = (io.TextIOWrapper(io.BytesIO(data), encoding="utf-8") for data in (stdin, b"", b""))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as stopped:
        patch.setattr(sys, "stdin", given)
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        main([str(argument) for argument in arguments])
    written = []
    for stream in (out, err):
        stream.flush()
        stream.seek(0)
        written.append(stream.read())
    return Ran(int(stopped.value.code or 0), *written)


def is_one_sentence(text: str) -> bool:
    return len(text.strip().splitlines()) == 1 and "Traceback" not in text


# --- help and wrong usage


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_holds_an_example_in_chinese_and_english(run: Run, command: str) -> None:
    shown = run(command, "--help")
    assert shown.code == 0
    assert f"例 Example: xiangwen {command}" in shown.out


def test_help_names_every_command_and_comes_at_once() -> None:
    started = time.perf_counter()
    shown = shell("--help")
    assert shown.code == 0 and all(command in shown.out for command in COMMANDS)
    # 0.2 s on an idle machine; torch, FAISS or Gradio among the imports would take several.
    assert time.perf_counter() - started < 3


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, xiangwen.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "faiss", "gradio", "sentence_transformers", "numpy", "jieba", "rich"} & set(loaded)


def test_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version").out.strip() == xiangwen.__version__


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["ask"],
        ["ask", ""],
        ["ask", " \n"],
        ["ask", "问题", "--batch", "file.jsonl"],
        ["ask", "问题", "--nonsense"],
        ["search"],
        ["search", ""],
        ["search", "法律", "--top", "0"],
        ["search", "法律", "--top", "many"],
        ["build", "one", "two"],
        ["serve", "--port", "0"],
        ["serve", "--port", "chat"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2_and_names_the_command(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert "Usage: xiangwen" in result.out + result.err
    assert "Traceback" not in result.err


# --- what cannot be done


@pytest.mark.parametrize(
    "command", [["ask", "法律顾问"], ["search", "法律顾问"], ["reports"], ["reports", "--text", "x"]]
)
def test_without_an_index_the_sentence_names_the_command_that_makes_one(
    run: Run, command: list[str], tmp_path: Path
) -> None:
    result = run(*command, "--index", tmp_path / "没有")
    assert (result.code, result.out) == (1, "")
    assert is_one_sentence(result.err) and "xiangwen build" in result.err


def test_a_missing_reports_folder_is_named(run: Run, tmp_path: Path) -> None:
    result = run("build", tmp_path / "nowhere", "--index", tmp_path / "index")
    assert result.code == 1 and is_one_sentence(result.err) and "nowhere" in result.err
    assert not (tmp_path / "index").exists()


def test_an_empty_reports_folder_is_named(run: Run, tmp_path: Path) -> None:
    result = run("build", tmp_path, "--index", tmp_path / "index")
    assert result.code == 1 and is_one_sentence(result.err) and str(tmp_path) in result.err
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_is_nowhere_is_named(run: Run, seeds: Path, tmp_path: Path) -> None:
    result = run("build", seeds, "--index", tmp_path / "index", "--model", "no/such-model")
    assert result.code == 1 and is_one_sentence(result.err) and "no/such-model" in result.err


def test_an_index_of_another_model_is_refused(run: Run, index_dir: Path) -> None:
    result = run("ask", "法律顾问", "--index", index_dir, "--model", "BAAI/bge-m3")
    assert result.code == 1 and is_one_sentence(result.err) and "xiangwen build --model BAAI/bge-m3" in result.err


def test_an_index_folder_that_cannot_be_written_is_named(run: Run, seeds: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run("build", seeds, "--index", tmp_path / "file" / "index")
    assert result.code == 1 and is_one_sentence(result.err)


def test_a_port_in_use_is_named(run: Run, index_dir: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("serve", "--index", index_dir, "--port", port)
    assert result.code == 1 and is_one_sentence(result.err) and str(port) in result.err


def test_an_unforeseen_failure_is_one_sentence_and_a_traceback_only_on_request(index_dir: Path, tmp_path: Path) -> None:
    # A copy of the package with a broken module.
    broken = tmp_path / "site"
    shutil.copytree(Path(xiangwen.__file__).parent, broken / "xiangwen")
    (broken / "xiangwen" / "index" / "texts.py").write_text("raise RuntimeError('gone')\n")
    result = shell("reports", "--index", index_dir, cwd=broken, PYTHONPATH=str(broken))
    assert result.code == 1 and is_one_sentence(result.err) and "XIANGWEN_DEBUG=1" in result.err
    told = shell("reports", "--index", index_dir, cwd=broken, PYTHONPATH=str(broken), XIANGWEN_DEBUG="1")
    assert told.code == 1 and "RuntimeError: gone" in told.err


# --- build


def test_build_tells_what_it_indexed_and_what_it_left_out(run: Run, tmp_path: Path) -> None:
    reports = tmp_path / "报告"
    reports.mkdir()
    (reports / "万灵镇.txt").write_text("万灵镇2024年法治政府建设情况报告\n一、成效\n调解163件。\n", encoding="gb18030")
    (reports / "照片.jpg").write_bytes(b"\xff\xd8")
    first = run("build", reports, "--index", tmp_path / "索引")
    assert first.code == 0 and "1 份报告、3 句" in first.out and "照片.jpg" in first.out
    again = run("build", reports, "--index", tmp_path / "索引", "--json").json
    assert again["unchanged"] is True
    assert (again["reports"], again["passages"], again["model"]) == (1, 3, "e5-small-townships")
    assert [skipped["file"] for skipped in again["skipped"]] == ["照片.jpg"]


# --- ask


@pytest.fixture(scope="module")
def batch(index_dir: Path) -> Ran:
    """A batch of good and bad lines, read from stdin."""
    lines = [
        '{"id": "a", "question": "哪些乡镇开展了积分制？"}',
        "this is no JSON",
        "",
        '{"id": 3, "question": "那万灵镇呢？", "history": ["善感乡有没有开展积分制？"]}',
        '{"id": {"any": "value"}, "question": ""}',
        '{"id": 5}',
        '{"id": 6, "question": "法律", "history": "not a list"}',
        '{"id": 7, "question": "\\ud800法律顾问"}',
        json.dumps({"id": 8, "question": "很" * 2001}),
        '{"id": 9, "question": "which townships use a points system?", "history": null}',
        '{"id": 10, "question": "法律", "reports": ["nowhere"]}',
    ]
    return fed("\n".join(lines).encode("utf-8-sig"), "ask", "--batch", "-", "--index", index_dir, "--json")


def test_a_batch_answers_every_line_in_its_place(batch: Ran) -> None:
    assert [line["id"] for line in batch.lines] == ["a", None, 3, {"any": "value"}, 5, 6, 7, 8, 9, 10]


def test_a_bad_line_gets_an_error_in_its_place_and_exit_code_1_at_the_end(batch: Ran) -> None:
    assert batch.code == 1 and is_one_sentence(batch.err)
    wrong = {number: line["error"] for number, line in enumerate(batch.lines) if "error" in line}
    assert set(wrong) == {1, 4, 5, 9}
    assert "第 2 行" in wrong[1] and '"question"' in wrong[4] and '"history"' in wrong[5] and "nowhere" in wrong[9]


def test_an_empty_and_an_endless_question_are_answered_politely(batch: Ran) -> None:
    for line in (batch.lines[3], batch.lines[7]):
        assert line["answered"] is False and line["text"] and line["citations"] == []


def test_every_quote_of_a_batch_is_a_slice_of_its_file(batch: Ran, seeds: Path) -> None:
    cited = [citation for line in batch.lines for citation in line.get("citations", [])]
    assert cited
    for citation in cited:
        text = (seeds / citation["file"]).read_text(encoding="utf-8-sig")
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_a_which_answer_lists_every_report(batch: Ran, seeds: Path) -> None:
    verdicts = batch.lines[0]["verdicts"]
    assert {verdict["file"] for verdict in verdicts} == {path.name for path in seeds.glob("*.txt")}


def test_an_english_question_is_answered_in_english(batch: Ran) -> None:
    assert batch.lines[8]["language"] == "en"


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_each_answer_is_there_before_the_next_question_and_ctrl_c_ends_it_with_130(index_dir: Path) -> None:
    command = [sys.executable, "-m", "xiangwen", "ask", "--batch", "-", "--index", str(index_dir)]
    pipe = subprocess.PIPE
    # A shell starts its background jobs with Ctrl+C ignored, and they hand that on: the command gets it back here.
    listening = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, **listening) as process:  # type: ignore[call-overload]
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        for number in range(2):
            process.stdin.write(json.dumps({"id": number, "question": "积分制"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        for _ in range(5):
            # One that comes in the instant before Python begins to wait for input is seen only after that: press again.
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
                break
        assert b"Traceback" not in process.stderr.read()
    assert process.returncode == 130


def test_a_batch_file_that_is_not_there_is_named(run: Run, index_dir: Path, tmp_path: Path) -> None:
    result = run("ask", "--batch", tmp_path / "问题.jsonl", "--index", index_dir)
    assert result.code == 1 and is_one_sentence(result.err) and "问题.jsonl" in result.err


def test_an_empty_batch_is_no_failure(run: Run, index_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    assert run("ask", "--batch", tmp_path / "empty.jsonl", "--index", index_dir) == Ran(0, "", "")


def test_one_question_prints_one_json_object_for_programs(run: Run, index_dir: Path) -> None:
    answer = run("ask", "善感乡的家庭积分可以兑换什么？", "--index", index_dir, "--json").json
    assert set(answer) == {
        *("id", "question", "language", "kind", "answered", "reason", "text", "lines", "citations", "verdicts"),
        *("checked", "figure", "themes", "nearest", "timing_ms"),
    }
    assert answer["id"] is None and answer["checked"]["reports"] >= 1


def test_people_get_text_verdicts_evidence_and_what_was_checked(run: Run, index_dir: Path) -> None:
    shown = run("ask", "哪些乡镇开展了积分制？", "--index", index_dir)
    assert shown.code == 0 and shown.err == ""
    assert "未提及" in shown.out and "依据：" in shown.out
    assert "[1] 善感乡 2024 · " in shown.out and "001_7c2323edcfba995b.txt" in shown.out
    assert "共检查 5 份报告" in shown.out


# --- search and reports


def test_search_prints_ranked_slices(run: Run, index_dir: Path, seeds: Path) -> None:
    rows = run("search", "法律顾问", "--top", "3", "--index", index_dir, "--json").json
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert sorted((row["score"] for row in rows), reverse=True) == [row["score"] for row in rows]
    for row in rows:
        assert set(row) == {
            *("rank", "score", "report", "file", "township", "year", "section", "start", "end", "quote"),
        }
        assert (seeds / row["file"]).read_text(encoding="utf-8-sig")[row["start"] : row["end"]] == row["quote"]


def test_search_prints_at_most_what_there_is(run: Run, index_dir: Path) -> None:
    rows = run("search", "zzz", "--top", "100000", "--index", index_dir, "--json").json
    assert 0 < len(rows) < 1000


def test_search_for_people_shows_place_and_words(run: Run, index_dir: Path) -> None:
    shown = run("search", "家庭积分兑换", "--top", "1", "--index", index_dir).out
    assert shown.startswith("1. ") and "善感乡 2024" in shown and "积分" in shown


def test_reports_lists_what_is_indexed_with_its_sections(run: Run, index_dir: Path, seeds: Path) -> None:
    rows = run("reports", "--index", index_dir, "--json").json
    assert [row["file"] for row in rows] == sorted(path.name for path in seeds.glob("*.txt"))
    for row in rows:
        assert list(row) == [
            *("id", "file", "title", "township", "level", "county", "city", "province", "year", "characters"),
            *("passages", "sections"),
        ]
        text = (seeds / row["file"]).read_text(encoding="utf-8-sig")
        assert row["characters"] == len(text)
        for section in row["sections"]:
            assert section["level"] == 1
            assert text[section["start"] : section["end"]].lstrip().startswith(section["heading"])


def test_reports_for_people_names_each_township(run: Run, index_dir: Path) -> None:
    shown = run("reports", "--index", index_dir).out
    assert all(name in shown for name in ("白土乡", "善感乡", "土门关乡", "六塘乡", "万灵镇"))


def test_reports_prints_a_table_that_corrects_them_beside_the_files(
    run: Run, index_dir: Path, seeds: Path, tmp_path: Path
) -> None:
    table = run("reports", "--csv", "--index", index_dir).out
    listed = run("reports", "--index", index_dir, "--json").json
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))
    assert [(row["file"], row["township"], row["year"]) for row in rows] == [
        (report["file"], report["township"], str(report["year"])) for report in listed
    ]
    reports = tmp_path / "报告"
    reports.mkdir()
    shutil.copy(seeds / rows[0]["file"], reports)
    (reports / "metadata.csv").write_text(table.replace(rows[0]["township"], "清流镇"), encoding="utf-8")
    run("build", reports, "--index", tmp_path / "index")
    (corrected,) = run("reports", "--index", tmp_path / "index", "--json").json
    assert (corrected["township"], corrected["year"]) == ("清流镇", listed[0]["year"])
    assert run("reports", "--csv", "--json", "--index", index_dir).code == 2


def test_the_text_of_a_report_is_exact_by_id_and_by_file_name(index_dir: Path, seeds: Path, run: Run) -> None:
    for row in run("reports", "--index", index_dir, "--json").json:
        text = (seeds / row["file"]).read_text(encoding="utf-8-sig")
        assert run("reports", "--text", row["id"], "--index", index_dir).out == text
        assert run("reports", "--text", row["file"], "--index", index_dir).out == text


def test_a_report_that_is_not_there_is_named(run: Run, index_dir: Path) -> None:
    result = run("reports", "--text", "nobody", "--index", index_dir)
    assert (result.code, result.out) == (1, "") and is_one_sentence(result.err) and "nobody" in result.err


# --- as users run it


def test_text_is_utf8_whatever_the_locale(index_dir: Path) -> None:
    shown = shell("reports", "--index", index_dir, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert shown.code == 0 and "土门关乡" in shown.out


def test_an_argument_that_is_no_text_is_refused_in_one_sentence(run: Run, index_dir: Path) -> None:
    result = run("search", os.fsdecode(b"\xff\xfe"), "--index", index_dir, "--json")
    assert result.code == 2 and "UTF-8" in result.err and not result.out


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_reader_that_goes_away_is_no_error_message(index_dir: Path) -> None:
    line = f"{sys.executable} -m xiangwen reports --index '{index_dir}' --json | head -c 1"
    assert subprocess.run(line, shell=True, capture_output=True).stderr == b""


# --- a collection on Milvus


def test_every_command_asks_milvus_where_it_is_told_to(
    run: Run, index_dir: Path, milvus: Address, seeds: Path, tmp_path: Path
) -> None:
    there = ("--store", str(milvus))
    for arguments in (["search", "法律顾问", "--json"], ["reports", "--json"], ["reports", "--csv"]):
        assert run(*arguments, *there).out == run(*arguments, "--index", index_dir).out != ""
    assert run("ask", "善感乡存在哪些不足？", "--json", *there).json["citations"]
    built = run("build", seeds, "--index", index_dir, "--json", *there)
    assert built.json["unchanged"] and built.json["store"]["unchanged"]
    assert run("check", "--index", index_dir, *there).code == 0
    other = run("check", "--index", index_dir, "--store", f"milvus:{tmp_path}/none.db")
    assert other.code == 1 and "xiangwen build --store" in other.out


def test_milvus_that_does_not_answer_is_told_before_anything_is_built(run: Run, seeds: Path, tmp_path: Path) -> None:
    ran = run("build", seeds, "--index", tmp_path / "index", "--store", "milvus://127.0.0.1:1/x")
    assert ran.code == 1 and is_one_sentence(ran.err) and not (tmp_path / "index").exists()
