"""A small installer of pure-Python packages, in the place of pip: there is no network to install from."""

__version__ = "26.1"


def main(arguments=None):
    from pip.__main__ import main

    return main(arguments)
