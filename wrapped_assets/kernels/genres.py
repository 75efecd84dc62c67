"""Maps genres to one spelling each and to their place in a tree."""

from __future__ import annotations

import polars as pl

from wrapped_assets.kernels.texts import normalised

DEEPEST = 12  # maximum steps from a genre to its root; MusicBrainz's and beets' trees have at most five


def canonical(tagged: pl.LazyFrame, known_genres: pl.LazyFrame) -> pl.LazyFrame:
    """Returns the rows with genre_name as the tree spells it; tags that are not in the tree are dropped, or kept if there is no tree."""
    names = known_genres.select(genre=normalised(pl.col("genre_name")), spelling=normalised(pl.col("genre_name")), is_alias=pl.lit(False))
    aliases = (
        known_genres.select(genre=normalised(pl.col("genre_name")), spelling="genre_aliases")
        .explode("spelling", empty_as_null=True)
        .drop_nulls()
        .select("genre", spelling=_text("spelling"), is_alias=pl.lit(True))
    )
    spellings = (
        pl.concat([names, aliases])
        .group_by("spelling")
        .agg(genre=pl.col("genre").sort_by("is_alias", "genre", maintain_order=True).first())
    )  # prefer a name to an alias, and of two aliases the smaller genre
    tags = tagged.select("genre_name").unique().with_columns(_spelling=_text("genre_name")).filter(pl.col("_spelling") != "")
    found = tags.join(spellings, left_on="_spelling", right_on="spelling", how="left")
    found = found.join(known_genres.select(_has_tree=pl.len() > 0), how="cross")
    kept = found.filter(pl.col("genre").is_not_null() | ~pl.col("_has_tree"))
    named = kept.select("genre_name", _named=pl.coalesce("genre", "_spelling"))
    return tagged.join(named, on="genre_name").drop("genre_name").rename({"_named": "genre_name"})


def lineage(heard: pl.LazyFrame, known_genres: pl.LazyFrame) -> pl.LazyFrame:
    """Returns genre_name, parent_genre_name and root_genre_name of the genres in `heard` (genre_name) and of all their ancestors."""
    tree = (
        known_genres.select(genre_name=normalised(pl.col("genre_name")), parent_genre_name=normalised(pl.col("parent_genre_name")))
        .group_by("genre_name")
        .agg(pl.col("parent_genre_name").drop_nulls().min())
    )
    names = heard.select("genre_name").unique()
    parts = [names.with_columns(_is_heard=pl.lit(value=True)), tree.with_columns(_is_heard=pl.lit(value=False))]
    schema = dict.fromkeys(("genre_name", "parent_genre_name", "root_genre_name"), pl.String())
    return pl.concat(parts, how="diagonal").map_batches(_climbed, schema=schema)


def _climbed(rows: pl.DataFrame) -> pl.DataFrame:
    """Climbs the tree with a dictionary: with a few thousand genres that is faster than a join per step."""
    heard, tree = (rows.filter(condition) for condition in (pl.col("_is_heard"), ~pl.col("_is_heard")))
    parents = dict(zip(tree["genre_name"], tree["parent_genre_name"], strict=True))
    root_of: dict[str, str] = {}
    for genre in heard["genre_name"].drop_nulls().sort():
        way = [genre]
        while (above := parents.get(way[-1])) is not None and len(way) <= DEEPEST:
            way.append(above)
        for each in way:
            root_of.setdefault(each, way[-1])
    names = list(root_of)
    columns = {"genre_name": names, "parent_genre_name": [parents.get(name) for name in names], "root_genre_name": [*root_of.values()]}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _text(column: str) -> pl.Expr:
    """The normalised text, cast because Polars 2.1 loses the item type when it explodes a frame without rows."""
    return normalised(pl.col(column).cast(pl.String))
