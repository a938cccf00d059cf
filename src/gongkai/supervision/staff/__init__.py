"""Desk screens of the supervision room."""
