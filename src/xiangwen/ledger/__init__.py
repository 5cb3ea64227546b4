"""The ledger: every report read once into a table of cited facts, its cells.

indicators     what is looked for: data, an office adds its own
candidates     the clauses and numbers of a report that may give a cell
words          groups of words that a text names (`words.toml`)
features       what a candidate looks like
weights        what was learnt: which indicator a candidate gives
settling       which guesses are cells, weighed against the others of the report
likeness       how like the example sentences of an indicator a candidate is
cells          a report to its cells
table          the cells of all reports as they are kept in the index
corrections    what analysts said of cells, a line each in a file
correcting     corrections put onto the cells that were read
asked          which indicator a question asks for
"""
