# 乡问 Xiangwen: Python 3.11 or later and make are all that is needed, the rest is installed into .venv.

PYTHON ?= python3
TORCH  := torch==2.13.0
BIN    := .venv/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install

.DEFAULT_GOAL := help
.PHONY: help run test test-fast lint bench bench-milvus bench-peers bench-scale bench-load bench-nearest bench-start bench-grid headings stances themes ledger \
  bench-rebuild bundle test-bundle screenshots evaluate baseline encoder judge kinds fit bench-sentences bench-numbers

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##/make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

run: .venv/.installed  ## install, build the index where there is none, open the chat on http://127.0.0.1:7860
	@$(BIN)/python app.py

test: .venv/.installed-dev  ## install, run the whole test suite
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

test-fast: .venv/.installed-dev  ## the tests that need no model, browser or built index: an answer within a minute
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile -m "not slow and not browser"

lint: .venv/.installed-dev  ## check format, style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/.installed-dev  ## measure building, asking, encoding and thirty people at once on this machine
	$(BIN)/python tests/benchmarks/questions.py
	$(BIN)/python tests/benchmarks/encoder.py
	$(BIN)/python tests/benchmarks/load.py
	$(BIN)/python tests/benchmarks/stages.py
	$(BIN)/python tests/benchmarks/incremental.py
	$(BIN)/python tests/benchmarks/page.py

screenshots: .venv/.installed-dev  ## take the pictures in docs/screenshots anew
	$(BIN)/python docs/screenshots/take.py

bench-start: .venv/.installed-dev  ## how long a cold process takes to answer and how much memory, by part
	$(BIN)/python tests/benchmarks/start.py

bench-rebuild: .venv/.installed-dev  ## thirty people ask while the index is built anew, again and again: none loses a question
	$(BIN)/python tests/benchmarks/load.py --seconds 60 --rebuild

MACHINE := $(shell uname -m)
bundle: .venv/.installed  ## one archive in dist/ that installs without a network; MACHINE=aarch64 for ARM servers
	$(BIN)/python bundle/make.py --machine $(MACHINE)

test-bundle: .venv/.installed-dev bundle  ## install it in a namespace without a network, build, ask, upgrade; is the ARM one complete
	$(BIN)/python tests/benchmarks/bundle.py dist/xiangwen-*-linux-$(MACHINE)-*.tar
	$(BIN)/python bundle/make.py --machine aarch64

bench-scale: .venv/.installed-dev  ## build, memory and questions at 5 to 15,000 generated reports (an hour)
	$(BIN)/python tests/benchmarks/scale.py --centres 400 --rounds 10

bench-grid: .venv/.installed-dev  ## how smoothly the page's ledger scrolls over 1,500 generated reports
	$(BIN)/python tests/benchmarks/page.py --reports 1500

bench-load: .venv/.installed-dev  ## a hundred people for some minutes over 1,500 generated reports
	$(BIN)/python tests/benchmarks/load.py --generated 1500 --people 100 --seconds 150 --pause 60

bench-nearest: .venv/.installed-dev  ## which index the vectors want: exact, bytes, IVF, HNSW
	$(BIN)/python tests/benchmarks/nearest.py --reports 150

bench-milvus: .venv/.installed-dev  ## answers and cost on Milvus Lite beside the index folder, 1,500 and 150 generated reports
	folder=$$(mktemp -d) && $(BIN)/python tests/benchmarks/workload.py --reports 1500 --seed 7 $$folder/1500 && \
	$(BIN)/python tests/benchmarks/milvus.py $$folder/1500 --judge && \
	$(BIN)/python tests/benchmarks/workload.py --reports 150 --seed 7 $$folder/150 && \
	$(BIN)/python tests/benchmarks/milvus.py $$folder/150 --judge --all-up-to 6000; rm -r $$folder

bench-peers: .venv-peers/.installed  ## side by side with LangChain, LlamaIndex and txtai
	TOKENIZERS_PARALLELISM=false HF_HUB_OFFLINE=1 .venv-peers/bin/python tests/benchmarks/peers.py

evaluate: .venv/.installed-dev  ## answer all test questions, compare with the figures kept
	$(BIN)/xiangwen evaluate --suite tests/questions/sets.toml

baseline: .venv/.installed-dev  ## the same, and keep these figures from now on
	$(BIN)/xiangwen evaluate --suite tests/questions/sets.toml --save-baseline

encoder: .venv/.installed-dev  ## train the encoder anew on the authors' reports (twelve minutes)
	$(BIN)/python -m xiangwen.training.encoder tests/learning

JUDGE := xiangwen.training.judge tests/learning --written tests/questions/written_pairs.jsonl \
	  --pairs tests/questions/pairs.jsonl --reports seeds tests/reports_dev
judge: .venv/.installed-dev  ## train the judge anew: a round over all that is labelled, two weighted to conditions (two hours)
	mkdir -p build
	$(BIN)/python -m $(JUDGE) --epochs 1 --out build/judge.npz
	$(BIN)/python -m $(JUDGE) --epochs 2 --share 0.4 --start build/judge.npz

kinds: .venv/.installed-dev  ## train the classifiers of questions anew, measured on other authors' questions
	$(BIN)/python -m xiangwen.training.question_classifiers tests/questions --learning tests/learning \
	  --test court_clerk journalist newcomer auditor_general hotline_clerk archive_intern evening_student physics_teacher

headings: .venv/.installed-dev  ## train what tells by a heading whether its section plans or lacks, measured on another hand's
	$(BIN)/python -m xiangwen.training.headings tests/learning \
	  --test tests/segmentation/headings_of_another_hand.jsonl

stances: .venv/.installed-dev  ## train what tells of passages whether they were done, are planned or lacking (seven minutes)
	$(BIN)/python -m xiangwen.training.stances tests/learning

themes: .venv/.installed-dev  ## train what tells which shortcomings and measures a sentence is on (three minutes)
	$(BIN)/python -m xiangwen.training.themes tests/learning

ledger: .venv/.installed-dev  ## fit the ledger's reader and who tells what indicator a question asks for (six minutes)
	$(BIN)/python -m xiangwen.training.ledger tests/learning
	$(BIN)/python -m xiangwen.training.asked tests/learning

fit: .venv/.installed-dev  ## fit the verdict model and its thresholds anew
	$(BIN)/python -m xiangwen.training.verdicts tests/questions/pairs.jsonl seeds tests/reports_dev --learning tests/learning
	$(BIN)/python -m xiangwen.training.answers tests/learning

bench-numbers: .venv/.installed-dev  ## numbers asked of 150 small collections by another hand
	$(BIN)/python tests/benchmarks/number_inputs.py

bench-sentences: .venv/.installed-dev  ## the encoder alone, tuned beside untuned: does it put the right sentence first
	$(BIN)/python tests/benchmarks/right_sentence.py

# Torch comes first and alone, so that nothing that needs it can choose another build of it.
.venv/.torch: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 或更新版本，例如：make run PYTHON=python3.12。 Python 3.11 or later is needed." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "缺少 venv 模块（Debian：apt-get install python3-venv）。 Python's venv module is missing." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(PIP) "$(TORCH)"
	@touch $@

.venv/.installed: .venv/.torch
	$(PIP) --editable .
	@touch $@

# The other products have many dependencies of their own; they never share an environment with this one.
.venv-peers/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip --disable-pip-version-check install "$(TORCH)"
	.venv-peers/bin/python -m pip --disable-pip-version-check install --editable ".[peers]"
	@touch $@

# What users need is among what developers need.
.venv/.installed-dev: .venv/.torch
	$(PIP) --editable ".[dev]"
	@touch .venv/.installed $@
