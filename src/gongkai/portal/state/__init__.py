"""The portal's own memory (`portal/state.sqlite3`): cards, lists, dependencies, hashes of what was written, work in hand.

All of it is replayed from releases; losing the file costs one full build.
"""
