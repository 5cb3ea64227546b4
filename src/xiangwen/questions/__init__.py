"""What is asked: kind, scope, topic and language of a question, read with an editable vocabulary.

request           what may be asked, and how much, however it comes in
question          a question as it was understood
understanding     how it is read
messages          a message cut into the questions that it asks
sides             a comparison as one question for each place
atlas             the places and years of a collection, and the scope of a question
scope             the reports that a question is about
names             how people write the names of townships and regions
titles            what tells reports apart that are of no township
holding           where a name stands in the reports themselves
renamed           townships that go by another name now
unknown           places that no report is of
joint_regions     several regions by one name
homes             where reports lie, also those that do not say so
exclusion         names that are left out
years             the years asked for
issuers_asked     kinds of issuers asked for
kind_asked        the kind of answer wanted, and what is computed over numbers
kinds             the classifiers that tell it
classifier        linear classifiers of questions
collection_asked  what a question about the collection itself picks, counts and tells apart
collection_words  the words of such questions
follow_up         a question in the light of the one before it
asked_again       follow-ups that name no matter of their own
completed         follow-ups as the whole questions that they stand for
question_words    the patterns of how questions are asked
terms             the words of a question's topic
conjunction       two conditions set at once
not_meant         clauses that say what is not meant
section_asked     the section that reports are asked to have or to lack
matter_asked      in which matter it is asked what reports have in common
quantity_asked    of when a number is asked for, in which direction and bounds
counted_asked     what the number asked for counts
spans             stretches of a question
"""

from xiangwen.questions.atlas import Atlas
from xiangwen.questions.question import Question
from xiangwen.questions.scope import Note, Scope, ScopeReading
from xiangwen.questions.sides import sides
from xiangwen.questions.terms import Term
from xiangwen.questions.understanding import understand

__all__ = ["Atlas", "Note", "Question", "Scope", "ScopeReading", "Term", "sides", "understand"]
