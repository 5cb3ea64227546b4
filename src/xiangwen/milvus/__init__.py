"""The collection on Milvus, for more reports than one machine should hold: the same answers from the same code.

address       where a collection is
home          where it is asked: in its index folder or on Milvus
connection    speaks to Milvus
rows          what is stored of passages and reports
publishing    puts an index onto Milvus
opened        the store that questions are asked of
fetched       the passages that one question needs
statistics    what is said of the whole collection
"""

from xiangwen.milvus.address import Address
from xiangwen.milvus.opened import MilvusStore
from xiangwen.milvus.publishing import Published, difference, name_in_use, publish, reach

__all__ = ["Address", "MilvusStore", "Published", "difference", "name_in_use", "publish", "reach"]
