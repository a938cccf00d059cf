"""Template tags of the requests room."""
