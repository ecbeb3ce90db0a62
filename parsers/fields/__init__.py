"""One module per field: ``read`` takes the whole text under a label, ``find`` looks in running text."""
