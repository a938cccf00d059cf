"""The public form of the satisfaction survey."""
