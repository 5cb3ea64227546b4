"""The chat in the browser: questions left, the report right, nothing fetched from outside.

    xiangwen.web.launch(Path("index"), Path("seeds"), Settings(port=7861))

Gradio is imported when the chat is opened and answers already, not before: it takes seconds.

server              puts the page on a port
page                the page in Gradio, its events and functions
render              an answer to escaped HTML
source              a report to escaped HTML, its cited sentences marked
words               the page's own words in Chinese and English
opening             gets the index ready while the server is up
endpoints           /ask, /search and /reports, for programs
late_page           what stands in for the page until Gradio is imported
routes              plain HTTP: health, files to take away, votes
problems            what goes wrong, in one sentence with its status
page_requests       what the page alone asks of the server
gradio_workarounds  what works around Gradio
mcp_tools           the same as tools for other assistants (MCP)
ledger_view         the page's second view, the ledger
ledger_endpoints    /ledger, checks, pre-scores and corrections of it, for programs
ledger_words        the words of the ledger's view
limits              how much one visitor may ask of the server
auth                who may enter
passwords           the file of names and hashed passwords
sessions            who is logged in
seal                by which an answer that comes back is known
"""

from xiangwen.web.server import OpenChat, Settings, WebProblem, launch

__all__ = ["OpenChat", "Settings", "WebProblem", "launch"]
