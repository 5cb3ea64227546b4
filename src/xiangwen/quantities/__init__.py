"""Quantities in running text: how much, in which unit, of what, of when, in which direction, and of what it is a part.

No question is known here.

forms       numbers beside a measure word, wherever they stand
quantity    a number with all that its sentence says of it
reading     a sentence to its quantities
"""
