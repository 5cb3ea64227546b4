"""Open the chat: ``python app.py`` is the same as ``xiangwen serve``."""

from xiangwen.cli import main

if __name__ == "__main__":
    main(["serve"])
