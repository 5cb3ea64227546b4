"""The ledger: every report read once into a table of cited facts, its cells.

    indicators    what is looked for: data, an office adds its own
    candidates    the clauses and numbers of a report that may give a cell
    features      what a candidate looks like
    classify      the trained weights: which indicator a candidate gives
    cells         a report to its cells
    table         the cells of all reports as they are kept in the index
    rows          the cells chosen by indicator, county and year
"""
