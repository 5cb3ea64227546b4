"""Chinese text beneath everything: character forms, words, the concept catalogue and the lists of words to edit."""
