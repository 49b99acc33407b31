"""From marks on a page to grids and paragraphs: pure geometry, shared by the readers of media that have pages."""
