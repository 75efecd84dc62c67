"""Pages of docs/ that declarations, the dictionary and policies write. Belongs: their text. Keep out: what other rooms decide."""
