"""What exists: forms, indicators, metrics, regions, records and the schemas of the published tables.

Nothing here reads a page or writes a release; the only files opened are the package's own YAML and CSV.
"""
