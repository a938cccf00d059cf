"""A home filled with public records for measuring (测量用的大库): one for all rows of a run, on either database."""
