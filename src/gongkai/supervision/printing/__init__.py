"""Printed papers of the room."""
