"""Conjunction and disjunction of any number of parts.

z3 writes one of a single part as `(and p)`, which SMT-LIB does not have and other solvers refuse.
"""

import z3


def every(*parts):
    """That all parts hold."""
    if len(parts) < 2:
        return parts[0] if parts else z3.BoolVal(True)
    return z3.And(*parts)


def some(*parts):
    """That at least one part holds."""
    if len(parts) < 2:
        return parts[0] if parts else z3.BoolVal(False)
    return z3.Or(*parts)
