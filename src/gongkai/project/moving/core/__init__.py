"""Values in, values out: addresses of the old site, its pages, mappings of tables, the list that is signed."""
