"""The reading room: a Datasette plugin with its templates, styles and strings.

``app.reading_room`` builds the application; ``plugin`` holds the hooks; ``pages`` one module per page kind.
Everything reads archive.db alone.
"""
