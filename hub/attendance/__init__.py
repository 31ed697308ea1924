"""Attendance terminals of the ZKTeco PUSH protocol: their punches come over HTTP and go into the journal, once each."""
