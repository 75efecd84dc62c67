"""The pages that everybody sees: what a year's edition is, its public charts, and how it was counted. Nobody is named in them."""
