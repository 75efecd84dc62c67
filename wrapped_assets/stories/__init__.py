"""A listener's year told as text, JSON, a page and a picture. Belongs: words and drawings. Keep out: numbers that no insight computed."""
