"""A listener's year told as text, JSON and a page. Keep out: numbers that no insight computed."""
