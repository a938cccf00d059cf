"""The `gongkai` commands, one module each; loaded when called."""
