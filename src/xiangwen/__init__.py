"""乡问 Xiangwen: cited answers over Chinese township rule-of-law reports.

Data flows one way: reports → segmentation → quantities → encoding, ledger → index (milvus) → questions → retrieval →
answers → exports, cli, web. Beneath all stand language and machine; evaluation and training stand beside the way.
"""

from xiangwen.machine.offline import keep_silent

__version__ = "0.1.0"

keep_silent()
