"""When and where: sources, fetching, archive, state, Parquet releases, the nightly flow and the command line."""
