"""How questions are asked: the patterns of ``question_words.toml``."""

from xiangwen.language.word_lists import vocabulary_patterns

QUESTION_WORDS = vocabulary_patterns("question_words.toml")
patterns, says = QUESTION_WORDS.patterns, QUESTION_WORDS.says
