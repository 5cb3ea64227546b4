"""What fits the models that ship and writes the lists; nothing that runs imports it.

lessons               the authors' reports with their questions, conditions and cells
pairs                 labelled pairs of a question and a passage, which the judge learns from
bert                  the encoder's weights as a torch model, and back
encoder               trains the encoder
judge                 trains the judge, a cross-encoder
question_classifiers  what kind a question is of, and what of the collection it asks for
headings              trains what tells by a heading whether its section plans or lacks
stances               trains what tells of each passage whether it was done, is planned or is lacking
themes                trains what tells which shortcomings and measures a sentence is on
verdicts              fits the verdict model and its thresholds
answers               fits what weighs answers of one place
ledger                fits the weights of the ledger
asked                 trains what tells which indicator a question asks for
townships             writes the list of the country's townships anew
"""
