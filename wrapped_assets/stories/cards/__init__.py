"""What stands on each card, before it is text or a page. Belongs: choice and order. Keep out: markup, colours."""
