"""The portal at the desk: calendar addresses."""
