"""Everything that is stored about one person, for that person. Belongs: access and portability (Art. 15 and 20)."""
