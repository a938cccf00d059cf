"""Proving that nothing of a withdrawn record is left: fingerprints without content, a walk over every file, questions to the index."""
