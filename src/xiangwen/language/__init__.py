"""Chinese text beneath everything: character forms, words, the concept catalogue and the lists of words to edit.

characters      traditional and simplified, full-width and ASCII characters
common_forms    radicals and raised digits for the characters they stand for
sounds          pinyin of characters and names
dictionary      jieba's dictionary, mapped into memory
list_marks      what items of lists, paragraphs and sections begin with: 一是, （一）, 1.
heading_stance  what a heading announces of its section: plans, shortcomings
ngrams          character sequences hashed to places in a vector of weights
numerals        numbers as they are written to their values: 一百六十三, 163, 1.6万
tokens          the tokenizer of BM25: words and pairs of characters
concepts        words that can stand for one another, Chinese and English
word_lists      the lists of words to edit, as TOML
as_read         a text as a reader takes it: without line breaks at a fixed column
units           measure words, their classes and what they are worth in one another
tables          rows and column headings of tables in a text
languages       Chinese and English as the languages of questions and answers
"""
