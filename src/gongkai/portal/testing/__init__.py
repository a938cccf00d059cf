"""Generated releases for tests and benches: invented, seeded, the same on every machine."""
