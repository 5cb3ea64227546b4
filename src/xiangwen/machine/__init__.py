"""What the program asks of the machine it runs on: its cores, its cache folder, and no network.

cache       what is made once on a machine, and the checksums of files
files       files replaced as a whole, or grown by a whole line
fitted      whether a file of weights fits the code that reads it
cores       how many cores there are
offline     what libraries would send home is off
console     a console with colours of its own
controls    control characters taken out of what is printed
"""
