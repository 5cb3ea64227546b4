"""What fits the models that ship: the judge and the verdict weights; never imported at run time."""
