"""Retention and disposal (保管与处置): how long each kind of data is kept, and how it is let go lawfully."""
