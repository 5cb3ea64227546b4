"""A report's text to its headings, sections and passages (sentences), all by offsets.

numbering    the numbers that headings and lists begin with
headings     which lines are headings
sections     the outline: headings to a tree of sections
passages     sections to sentences, list items and rows of tables
stance       whether a passage tells what was done, is planned or is lacking
"""
