"""Cells: what sessions add up to, by quarter of an hour, dimension and value, so that reports need not read them.

`counting` says what one session adds, `cell` how cells are added, `hours` where a lane keeps them, `rollups` reads them
by hours, days and months, `answering` makes the rows of a query from them.
"""
