"""Quantities in running text: how much, in which unit, of what, of when, in which direction, and of what it is a part.

No question is known here. `numerals` reads numbers as they are written, `forms` finds them beside a measure word,
`reading` says what a sentence says of each; `quantity` is what comes out.
"""
