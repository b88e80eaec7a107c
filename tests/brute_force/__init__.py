"""What a store should answer, worked out from the raw events in the dullest way there is.

Nothing here uses the code under test, only the shapes of events and questions: the definitions are written a second
time, sessions are found by comparing every pair of events, funnels by trying every attempt, and local time is looked at
minute by minute. Where both agree, either both are right or two people made the same mistake.
"""

from __future__ import annotations

from tests.brute_force.same import assert_same, told_of
from tests.brute_force.visit import told
from tests.brute_force.wall_clock import part_of, parts_of
from tests.brute_force.witness import Witness

__all__ = ["Witness", "assert_same", "part_of", "parts_of", "told", "told_of"]
