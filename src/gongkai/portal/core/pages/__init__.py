"""One module a page kind; `core.press` knows which function renders which specification."""
