"""One module per page kind: a synchronous ``load`` that reads the archive, and the view that renders it."""
