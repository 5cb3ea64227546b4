"""Side by side with what people would pick instead: the same encoder weights, files and questions.

    make bench-peers                                      # both collections, all sides
    python tests/benchmarks/peers.py --generated 100 --sides xiangwen langchain

Each side runs in a process of its own: LangChain (FAISS store, HuggingFace embeddings, recursive splitter), LlamaIndex
(sentence splitter, vector index), txtai (embeddings database), each once with the weights as torch fp32, the way these
products run a model, and once with our int8 ONNX encoder. What is documented as good practice for Chinese and for E5
and is one option away is used: Chinese marks as separators, E5's prompts, pieces that fit the encoder's window.
"langchain sentences" makes each sentence a piece of its own, as Xiangwen does, without its prefix.

Two collections: the 20 real and realistic reports (seeds/, tests/reports_dev/) with their kept questions, and generated
ones (workload.py).

- build: seconds from files to a searchable index, the model loaded before; memory: the peak of the process.
- query: median milliseconds for the five nearest pieces; for Xiangwen also for the whole answer.
- evidence: share of number- and fact-questions on a named township whose gold sentence is covered (60 % of it) by the
  first n pieces, n being the citations that Xiangwen's answer gives, at least one. A peer's piece is about ten times as
  long as our sentence: "characters" says how much a reader has to read.
- which F1: a chunk search has no list of townships. It is given one: the townships of its nearest k pieces, or of those
  above a score, whichever rule and number is best on half of the which-questions; scored on the other half, and
  conversely. Xiangwen's list is what it judged yes or partial; nothing is chosen.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PIECE, OVERLAP = 500, 50
"""Characters of a piece: some 350 tokens of the encoder's 512."""
MARKS = ["\n\n", "\n", "。", "！", "？", "；", "，", "、", ""]
PROMPTS = {"query": "query: ", "passage": "passage: "}
NEAREST = (1, 2, 3, 5, 8, 12, 20, 30, 45, 60, 80, 100, 150, 200, 300)
COVERED = 0.6
Piece = tuple[str, str, float]
"""(file, words, score)."""


@dataclass(frozen=True)
class Side:
    """A product made ready: how many pieces, and how to search them."""

    pieces: int
    search: Callable[[str, int], list[Piece]]
    ask: Callable[[str], dict[str, Any]] | None = None
    close: Callable[[], None] = lambda: None


# --- the sides -------------------------------------------------------------------------------------------------------


def langchain(files: dict[str, str], model: Path, piece: int = PIECE) -> Callable[[], Side]:
    from langchain_community.vectorstores import FAISS
    from langchain_community.vectorstores.utils import DistanceStrategy
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    embeddings = HuggingFaceEmbeddings(
        model_name=str(model),
        model_kwargs={"device": "cpu", "trust_remote_code": True},
        encode_kwargs={"normalize_embeddings": True, "prompt": PROMPTS["passage"]},
        query_encode_kwargs={"normalize_embeddings": True, "prompt": PROMPTS["query"]},
    )
    embeddings.embed_query("预热")

    def build() -> Side:
        overlap = OVERLAP if piece == PIECE else 0
        splitter = RecursiveCharacterTextSplitter(
            separators=MARKS, keep_separator="end", chunk_size=piece, chunk_overlap=overlap
        )
        documents = splitter.create_documents(list(files.values()), [{"file": file} for file in files])
        if piece != PIECE:
            documents = [d for d in documents if d.page_content.strip()]
        store = FAISS.from_documents(documents, embeddings, distance_strategy=DistanceStrategy.MAX_INNER_PRODUCT)

        def search(question: str, top: int) -> list[Piece]:
            found = store.similarity_search_with_score(question, k=top)
            return [(d.metadata["file"], d.page_content, float(score)) for d, score in found]

        return Side(len(documents), search)

    return build


def sentences(files: dict[str, str], model: Path) -> Callable[[], Side]:
    # One character is less than any sentence, so the splitter ends a piece at every mark of a sentence.
    global MARKS
    MARKS = ["\n", "。", "！", "？", "；"]
    return langchain(files, model, piece=1)


def llamaindex(files: dict[str, str], model: Path) -> Callable[[], Side]:
    import re as regex

    from llama_index.core import Document, Settings, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from tokenizers import Tokenizer

    embedding = HuggingFaceEmbedding(
        model_name=str(model),
        query_instruction=PROMPTS["query"],
        text_instruction=PROMPTS["passage"],
        device="cpu",
        embed_batch_size=32,
        trust_remote_code=True,
    )
    tokenizer = Tokenizer.from_file(str(next(model.rglob("tokenizer.json"))))
    Settings.tokenizer = lambda text: tokenizer.encode(text).ids
    Settings.embed_model = embedding
    embedding.get_query_embedding("预热")

    def build() -> Side:
        splitter = SentenceSplitter(
            chunk_size=400,
            chunk_overlap=40,
            paragraph_separator="\n",
            chunking_tokenizer_fn=lambda text: regex.findall(r"[^。！？；\n]*[。！？；\n]|[^。！？；\n]+$", text),
        )
        # Metadata is put before each piece, which is this product's default: the title names township and year.
        documents = [
            Document(
                text=text,
                metadata={"title": text.strip().split("\n")[0], "file": file},
                excluded_embed_metadata_keys=["file"],
            )
            for file, text in files.items()
        ]
        nodes = splitter.get_nodes_from_documents(documents)
        index = VectorStoreIndex(nodes)

        def search(question: str, top: int) -> list[Piece]:
            found = index.as_retriever(similarity_top_k=top).retrieve(question)
            return [(n.metadata["file"], n.node.get_content(), float(n.score or 0)) for n in found]

        return Side(len(nodes), search)

    return build


def txtai(files: dict[str, str], model: Path) -> Callable[[], Side]:
    from txtai import Embeddings
    from txtai.pipeline import Segmentation

    embeddings = Embeddings(
        path=str(model),
        method="sentence-transformers",
        instructions={"query": PROMPTS["query"], "data": PROMPTS["passage"]},
        content=True,
        gpu=False,
        vectors={"trust_remote_code": True},
    )
    embeddings.batchtransform(["预热"], "query")

    def build() -> Side:
        segment = Segmentation(lines=True, cleantext=False)
        rows = [(f"{file}#{n}", line) for file, text in files.items() for n, line in enumerate(_cut(segment(text)))]
        embeddings.index({"id": uid, "text": words} for uid, words in rows)

        def search(question: str, top: int) -> list[Piece]:
            return [(r["id"].split("#")[0], r["text"], float(r["score"])) for r in embeddings.search(question, top)]

        return Side(len(rows), search)

    return build


def _cut(lines: Sequence[str]) -> list[str]:
    """A paragraph longer than the encoder's window in several pieces; nothing behind it would be found otherwise."""
    return [line[i : i + PIECE] for line in lines if line.strip() for i in range(0, len(line), PIECE)]


def xiangwen(files: dict[str, str], model: Path) -> Callable[[], Side]:
    from xiangwen.answers.assistant import Assistant
    from xiangwen.encoding import load_encoder
    from xiangwen.index import Index, build

    encoder = load_encoder()
    encoder.encode_query(["预热"])
    folder = tempfile.TemporaryDirectory()

    def make() -> Side:
        reports = Path(folder.name) / "reports"
        reports.mkdir(exist_ok=True)
        for file, text in files.items():
            (reports / file).write_text(text, encoding="utf-8", newline="\n")
        build(reports, Path(folder.name) / "index", rebuild=True, encoder=encoder)
        index = Index.load(Path(folder.name) / "index")
        index.encoder = encoder
        assistant = Assistant(index)

        def search(question: str, top: int) -> list[Piece]:
            found = assistant.retriever.search(question, top)
            return [(index.reports[p.report].file, index.quote(p), s) for i, s in found for p in [index.passages[i]]]

        def ask(question: str) -> dict[str, Any]:
            return assistant.ask(question).to_dict()

        return Side(len(index.passages), search, ask, folder.cleanup)

    return make


SIDES: dict[str, Callable[[dict[str, str], Path], Callable[[], Side]]] = {
    "xiangwen": xiangwen,
    "langchain": langchain,
    "langchain sentences": sentences,
    "llamaindex": llamaindex,
    "txtai": txtai,
}
PACKAGES = ("langchain", "langchain-community", "langchain-huggingface", "llama-index-core", "txtai", "faiss-cpu",
            "sentence-transformers", "torch", "onnxruntime")  # fmt: skip


# --- one side in its own process -------------------------------------------------------------------------------------


def measure(side: str, folder: Path, model: Path) -> dict[str, Any]:
    """Build and ask; what is printed as one line of JSON."""
    files = {p.name: p.read_text(encoding="utf-8") for p in sorted((folder / "reports").glob("*.txt"))}
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    make = SIDES[side](files, model)
    started = time.perf_counter()
    made = make()
    built = time.perf_counter() - started
    if made.ask:
        made.ask("哪些乡镇聘请了法律顾问？")  # what answers, beside the search, is loaded by the first question
    times: list[float] = []
    answers = []
    for row in rows:
        started = time.perf_counter()
        made.search(row["question"], 5)
        times.append(1000 * (time.perf_counter() - started))
        answer: dict[str, Any] = {"id": row["id"]}
        most = max(NEAREST) if row["type"] == "which" else 10
        answer["found"] = made.search(row["question"], min(most, made.pieces))
        if made.ask:
            started = time.perf_counter()
            given = made.ask(row["question"])
            answer["ms"] = 1000 * (time.perf_counter() - started)
            answer["cited"] = [(c["file"], c["quote"], 0.0) for c in given["citations"]]
            answer["yes"] = [v["file"] for v in given["verdicts"] if v["verdict"] in ("yes", "partial")]
        answers.append(answer)
    # Not ru_maxrss, which a process takes over from the one that started it.
    peak = int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1]) / 1024  # type: ignore[index]
    made.close()
    return {"build": built, "pieces": made.pieces, "query": statistics.median(times), "peak": peak, "answers": answers}


# --- figures ---------------------------------------------------------------------------------------------------------


def covers(pieces: Sequence[Piece], evidence: Sequence[dict[str, str]]) -> bool:
    """Whether one piece holds three fifths of a gold sentence of the same file."""
    for gold in evidence:
        need = gold["quote"]
        for file, words, _ in pieces:
            if file == gold["file"] and _longest_common(words, need) >= COVERED * len(need):
                return True
    return False


def _longest_common(words: str, need: str) -> int:
    if need in words:
        return len(need)
    if words in need:
        return len(words)
    size = int(COVERED * len(need))
    return size if any(need[i : i + size] in words for i in range(len(need) - size + 1)) else 0


def f1(said: set[str], gold: set[str]) -> float:
    """1 where both are empty."""
    if not said or not gold:
        return float(said == gold)
    return 2 * len(said & gold) / (len(said) + len(gold))


def listed(pieces: Sequence[Piece], rule: tuple[str, float], scope: set[str]) -> set[str]:
    """The townships that a rule makes of a search."""
    kind, bound = rule
    chosen = pieces[: int(bound)] if kind == "nearest" else [p for p in pieces if p[2] >= bound]
    return {file for file, _, _ in chosen} & scope


def which_f1(rows: Sequence[dict[str, Any]], found: dict[str, list[Piece]]) -> tuple[float, list[str]]:
    """Mean F1 with the rule chosen on the other half; the rules."""
    scores = sorted(score for pieces in found.values() for _, _, score in pieces)
    rules = [("nearest", float(k)) for k in NEAREST]
    rules += [("score", scores[int(len(scores) * share / 40)]) for share in range(40)] if scores else []
    halves = [rows[0::2], rows[1::2]]

    def mean(half: Sequence[dict[str, Any]], rule: tuple[str, float]) -> float:
        return statistics.mean(f1(listed(found[r["id"]], rule, set(r["scope"])), set(r["yes"])) for r in half)

    total, chosen = 0.0, []
    for asked, chosen_on in (halves, halves[::-1]):
        best = max(rules, key=lambda rule: mean(chosen_on, rule))
        total += mean(asked, best) * len(asked)
        chosen.append(f"{best[0]} {best[1]:.3g}")
    return total / len(rows), chosen


def figures(rows: Sequence[dict[str, Any]], result: dict[str, Any], cited: dict[str, int]) -> dict[str, Any]:
    """The line of one side."""
    answers = {a["id"]: a for a in result["answers"]}
    named = [r for r in rows if r["type"] in ("number", "fact")]
    lists = [r for r in rows if r["type"] == "which"]
    first, five, read = [], [], []
    for row in named:
        answer = answers[row["id"]]
        pieces = answer["cited"] if "cited" in answer else answer["found"][: cited[row["id"]]]
        first.append(covers(pieces, row["evidence"]))
        five.append(covers(answer["found"][:5], row["evidence"]))
        read.append(sum(len(words) for _, words, _ in pieces))
    if "yes" in result["answers"][0]:
        score = statistics.mean(f1(set(answers[r["id"]]["yes"]) & set(r["scope"]), set(r["yes"])) for r in lists)
        chosen = ["its verdicts"]
    else:
        score, chosen = which_f1(lists, {r["id"]: answers[r["id"]]["found"] for r in lists})
    times = [a["ms"] for a in result["answers"] if "ms" in a]
    return {
        **{name: result[name] for name in ("build", "pieces", "query", "peak")},
        "answer": statistics.median(times) if times else None,
        "evidence": statistics.mean(first),
        "evidence5": statistics.mean(five),
        "characters": statistics.mean(read),
        "f1": score,
        "rule": " / ".join(chosen),
    }


def kept_questions() -> list[dict[str, Any]]:
    """Questions of the reporting sets that can be asked over the seeds and the other reports together."""
    rows = []
    for name, reports in (
        ("tests/questions/seeds_zh.jsonl", "seeds"),
        ("tests/questions/reports_dev.jsonl", "tests/reports_dev"),
        ("tests/reports_dev/facts.jsonl", "tests/reports_dev"),
        ("tests/reports_dev/which.jsonl", "tests/reports_dev"),
    ):
        home = [p.name for p in sorted((ROOT / reports).glob("*.txt"))]
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if (
                row["type"] in ("which", "number", "fact")
                and row["answerable"]
                and row["lang"] == "zh"
                and not row["history"]
            ):
                # A list is compared within the reports that its gold was made for.
                rows.append({**row, "scope": row.get("scope") or home})
    return rows


def collection(folder: Path, generated: int) -> list[dict[str, Any]]:
    """Write the reports and the questions; returns the questions."""
    (folder / "reports").mkdir(parents=True)
    if generated:
        import workload

        workload.write(folder, generated, seed=7)
        files = sorted(p.name for p in (folder / "reports").glob("*.txt"))
        lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [{**row, "scope": files} for row in map(json.loads, lines) if row["type"] in ("which", "number")]
    else:
        for path in (*sorted((ROOT / "seeds").glob("*.txt")), *sorted((ROOT / "tests/reports_dev").glob("*.txt"))):
            (folder / "reports" / path.name).write_bytes(path.read_bytes())
        rows = kept_questions()
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "questions.jsonl").write_text(text, encoding="utf-8")
    return rows


def models(folder: Path) -> dict[str, Path]:
    """The same weights as folders that any SentenceTransformer opens: torch fp32, and our ONNX graph."""
    sys.path.insert(0, str(ROOT / "tests"))
    from onnx_encoder import as_sentence_transformer
    from tokenizers import normalizers
    from torch_reference import load_torch_reference

    from xiangwen.encoding import load_encoder
    from xiangwen.encoding.bundled import BundledEncoder

    found = {"torch": folder / "torch", "onnx": folder / "onnx"}
    torch_side = load_torch_reference().model
    # The original maps characters by NFKC, more or less; without it full-width marks would be unknown to the model.
    torch_side.tokenizer.backend_tokenizer.normalizer = normalizers.NFKC()
    torch_side.save(str(found["torch"]))
    encoder = load_encoder()
    assert isinstance(encoder, BundledEncoder)
    as_sentence_transformer(encoder).save(str(found["onnx"]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generated", type=int, nargs="*", default=[0, 100], help="0: the 20 reports at hand")
    parser.add_argument("--sides", nargs="*", default=list(SIDES), choices=SIDES)
    parser.add_argument("--encoders", nargs="*", default=["torch", "onnx"], choices=["torch", "onnx"])
    parser.add_argument("--one", nargs=3, metavar=("SIDE", "FOLDER", "MODEL"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        side, folder, model = arguments.one
        print(json.dumps(measure(side, Path(folder), Path(model)), ensure_ascii=False))
        return
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    print(f"Python {platform.python_version()}, {versions}")
    with tempfile.TemporaryDirectory() as temporary:
        folders = models(Path(temporary))
        for generated in arguments.generated:
            folder = Path(temporary) / f"reports-{generated}"
            rows = collection(folder, generated)
            reports = len(list((folder / "reports").glob("*.txt")))
            kinds = {kind: sum(r["type"] == kind for r in rows) for kind in ("number", "fact", "which")}
            print(f"\n{reports} reports, questions: {kinds}")
            print(
                f"{'side':30}{'pieces':>8}{'build s':>9}{'peak MB':>9}{'query ms':>10}{'answer ms':>11}"
                f"{'evidence':>10}{'in five':>9}{'characters':>12}{'which F1':>10}  list by"
            )
            cited: dict[str, int] = {}
            for side in arguments.sides:
                for encoder in ["onnx"] if side == "xiangwen" else arguments.encoders:
                    command = [sys.executable, __file__, "--one", side, str(folder), str(folders[encoder])]
                    run = subprocess.run(command, capture_output=True, text=True, check=False)
                    if run.returncode:
                        print(f"{side + ', ' + encoder:30} failed: {run.stderr.strip().splitlines()[-1][:200]}")
                        continue
                    result = json.loads(re.findall(r"^\{.*\}$", run.stdout, re.M)[-1])
                    if not cited:
                        cited = {a["id"]: max(1, len(a.get("cited", ()))) for a in result["answers"]}
                    row = figures(rows, result, cited)
                    answer = f"{row['answer']:11.1f}" if row["answer"] else f"{'–':>11}"
                    print(
                        f"{side + ', ' + encoder:30}{row['pieces']:8}{row['build']:9.1f}{row['peak']:9.0f}"
                        f"{row['query']:10.1f}{answer}{row['evidence']:10.3f}{row['evidence5']:9.3f}{row['characters']:12.0f}{row['f1']:10.3f}"
                        f"  {row['rule']}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
