"""乡问 Xiangwen: cited answers over Chinese township rule-of-law reports.

Data flows one way: reports → sections → passages → embedding/lexical → index → questions → retrieval
→ figures → verdicts → answers → cli / web.
"""

__version__ = "0.1.0"
