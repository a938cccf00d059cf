"""Search over releases: words rank, character pairs guarantee that every substring is found; the index holds ids only. No Django here."""
