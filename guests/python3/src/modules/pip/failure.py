"""What ends a command."""


class Failure(Exception):
    """What is told, each argument on a line of its own, with the status 1."""
