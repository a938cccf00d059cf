"""Public pages of the portal that are made per request with the database: subscription by e-mail."""
