"""The collection on Milvus, for more reports than one machine should hold: the same answers from the same code.

`address` says where it is, `connection` speaks to it, `rows` is what is stored, `publishing` puts an index there,
`opened` is what questions are asked of, and `subset` the passages that one question needs.
"""

from xiangwen.milvus.address import Address
from xiangwen.milvus.opened import MilvusStore
from xiangwen.milvus.publishing import Published, difference, name_in_use, publish, reach

__all__ = ["Address", "MilvusStore", "Published", "difference", "name_in_use", "publish", "reach"]
