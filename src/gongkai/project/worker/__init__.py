"""The background worker: drains job rows, retries with a reason, notices dead workers, keeps the periodic schedule."""
