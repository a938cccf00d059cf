"""Backup and restore of a home: everything but the keys, each file with its digest."""
