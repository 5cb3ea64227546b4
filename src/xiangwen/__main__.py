"""``python -m xiangwen`` is the command ``xiangwen``."""

from xiangwen.cli import main

if __name__ == "__main__":
    main()
