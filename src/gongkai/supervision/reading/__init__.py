"""From a file to the lines and tables that the core understands."""
