"""`python -m evenhand` is `evenhand`."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the terminal; whoever interrupts it while it still loads gets no traceback either."""
    try:
        from evenhand import cli

        cli.main()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
