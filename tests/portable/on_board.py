"""Runs the test functions of portable test modules without pytest: ``micropython on_board.py module …``.

Prints ``ok name`` or ``FAILED name`` with the traceback; ends with status 1 if any failed.
"""

import sys

try:
    _show = sys.print_exception
except AttributeError:
    from traceback import print_exception as _show


def run(module_name):
    """How many tests of the module failed."""
    failed = 0
    module = __import__(module_name, None, None, ("x",))
    for name in sorted(dir(module)):
        if not name.startswith("test_"):
            continue
        try:
            getattr(module, name)()
        except Exception as error:
            failed += 1
            print("FAILED", name)
            _show(error)
        else:
            print("ok", name)
    return failed


if __name__ == "__main__":
    total = 0
    for wanted in sys.argv[1:]:
        total += run(wanted)
    sys.exit(1 if total else 0)
