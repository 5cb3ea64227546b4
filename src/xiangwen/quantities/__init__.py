"""Quantities in running text: value, unit, what is counted, whether it is a part of another."""
