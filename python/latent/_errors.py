class Error(Exception):
    """A run, a file or an argument that does not fit: one line that says what was expected."""
