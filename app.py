"""Open the chat: ``python app.py`` is the same as ``xiangwen serve`` and takes the same options."""

import sys

from xiangwen.cli import main

if __name__ == "__main__":
    main(["serve", *sys.argv[1:]])
