"""The chat in the browser: questions left, the report right, nothing fetched from outside.

    xiangwen.web.launch(Path("index"), Path("seeds"), Settings(port=7861))

`opening` gets the index ready, `render` and `source` turn answers and reports into escaped HTML, `page` lays them out
in Gradio, `server` puts the page on a port. Gradio is imported when the chat is opened, not before: it takes seconds.
"""

from xiangwen.web.server import Settings, WebProblem, launch

__all__ = ["Settings", "WebProblem", "launch"]
