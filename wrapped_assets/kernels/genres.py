"""Genres under one spelling each, and where they stand in a tree."""

from __future__ import annotations

import polars as pl

from wrapped_assets.kernels.texts import normalised

DEEPEST = 12  # steps from a genre to its root; MusicBrainz's and beets' trees have at most five


def canonical(tagged: pl.LazyFrame, known_genres: pl.LazyFrame) -> pl.LazyFrame:
    """Rows with genre_name as the tree spells it; those whose tag is in no tree go, unless no tree is there: then every tag stays."""
    names = known_genres.select(genre=normalised(pl.col("genre_name")), spelling=normalised(pl.col("genre_name")), is_alias=pl.lit(False))
    aliases = (
        known_genres.select(genre=normalised(pl.col("genre_name")), spelling="genre_aliases")
        .explode("spelling", empty_as_null=True)
        .drop_nulls()
        .select("genre", spelling=_text("spelling"), is_alias=pl.lit(True))
    )
    spellings = (
        pl.concat([names, aliases]).group_by("spelling").agg(genre=pl.col("genre").sort_by("is_alias", "genre").first())
    )  # a name before an alias, of two aliases the smaller genre
    tagged = tagged.with_columns(_spelling=_text("genre_name")).drop("genre_name").filter(pl.col("_spelling") != "")
    found = tagged.join(spellings, left_on="_spelling", right_on="spelling", how="left")
    found = found.join(known_genres.select(_has_tree=pl.len() > 0), how="cross")
    return found.filter(pl.col("genre").is_not_null() | ~pl.col("_has_tree")).select(
        pl.all().exclude("_spelling", "genre", "_has_tree"), genre_name=pl.coalesce("genre", "_spelling")
    )


def lineage(heard: pl.LazyFrame, known_genres: pl.LazyFrame) -> pl.LazyFrame:
    """genre_name, parent_genre_name and root_genre_name of the genres in `heard` (genre_name) and of all that they are a kind of."""
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
    """A tree has thousands of genres at most: a dictionary is faster than a join for each step."""
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
    """The normalised text; Polars 2.1 forgets the type of a list's items when it explodes a frame without rows."""
    return normalised(pl.col(column).cast(pl.String))
