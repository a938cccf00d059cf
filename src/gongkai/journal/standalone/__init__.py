"""What travels with an exported span: a verifier that needs nothing but Python."""
