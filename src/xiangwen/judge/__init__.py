"""The judge: a small cross-encoder that reads a sentence and says whether it answers the question."""
