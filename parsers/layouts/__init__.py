"""How the pages of one kind are put together: letters, forms, several replies on a page, originals, documents."""
