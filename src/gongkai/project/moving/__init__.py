"""Moving in (原网站迁移): what was public on an old site is read, checked, staged, signed by the list and released."""
