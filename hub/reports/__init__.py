"""Reports: what a day and a month were like, in figures, worked out from the journal; and the files made of them."""
