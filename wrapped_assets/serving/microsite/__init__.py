"""The microsite as files: what `wrapped serve` answers and what `wrapped upload` sends are the same bytes, made by one function."""
