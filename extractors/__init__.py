"""How a report is read: bytes in, records out, as pure functions.

The line inside: `decode` -> `readers` -> `document` -> `identify`, `sections`, `tables`, `figures` -> `report.extract`,
which is the only door for callers.
"""
