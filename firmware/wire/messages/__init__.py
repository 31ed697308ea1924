"""All messages, declared once, a file per family. A device imports only the families that its role speaks.

`registry` has them all by name; the AsyncAPI document and the tables in docs/ are generated from it.
"""
