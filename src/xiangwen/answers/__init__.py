"""Questions to answers: evidence and verdicts put into words, every number and quote with its citation.

assistant            a question in, an answer out
making               what every kind of answer is made with
answer               an answer, its verdicts and figures
lines                the lines of an answer as data, and its running text
together             the answers to the questions of one message as one
citation             exact words of a report and where they stand
sentences            the words around the evidence, Chinese and English
naming               what an answer calls a report
issuers              what several issuers are called together
verdicts             what every report says on a which-question
candidates           the quantities of a passage as candidates for the figure asked for
chooser              the judge as the one who chooses among them
numbers              the figure asked for in a sentence, one value for every report
from_ledger          values of many reports from the cells of the ledger
fact                 the answer to a question about one place: a sentence or a figure
listing              lists and summaries
which                which reports meet a condition
rank                 ranks, bounds, sums and means
compare              places side by side
each                 each report with its own figure or sentence
beyond               what else there is, and why: what follow-ups ask beyond the answer before
common               what reports have in common
themes               the common themes and deeds that are known, and which a sentence tells of
wordings             texts told apart by groups of wordings
outlines             which reports have a section on a matter
collection           questions about the collection itself: which reports are meant
collection_groups    reports by year, place and level
collection_told      the answer to them
elsewhere            regions named that no report is of
suggestions          questions worth asking next
votes                what people thought of the answers
"""

from xiangwen.answers.answer import Answer, Value, Verdict
from xiangwen.answers.citation import Citation
from xiangwen.answers.lines import Line

__all__ = ["Answer", "Citation", "Line", "Value", "Verdict"]
