"""Which of two records of one playback says more: the total order of the formats, in one place.

What decides, in this order: Is the time played known (it decides whether a play counts)? Is the time exact? Are there ids that
survive a change of spelling? Are the artists separated? Is the album named? No two formats share a number, so that the record that
is kept never depends on the order of loading.
"""

SPOTIFY_EXTENDED = 110  # exact end, time played, URI, skips, private sessions
EVENT_LOG = 100  # a service's own events: exact, but its texts may be keys only
SPOTIFY_CSV = 95  # as the extended form, as far as whoever made the table left it
SPOTIFY_SHORT = 90  # time played, yet ends to the minute, no ids, no album: still above all that cannot say how long
APPLE_MUSIC = 88  # time played and exact start, artists often looked up
DEEZER = 86  # time played and ISRC
TIDAL = 84  # time played, no album
AMAZON_MUSIC = 83  # time played, artists looked up, no album
TAUTULLI = 82  # time played and exact start
JELLYFIN = 81  # time played, names in one text, the server's clock
KOITO = 80  # ids and separated artists, chosen by the listener
LISTENBRAINZ = 70  # the same from the mapping, which is sometimes wrong
LISTENBRAINZ_DUMP = 65  # as above, without the mapping
LISTENBRAINZ_SPARK = 64  # as above, without lengths
MALOJA = 60  # separated artists, no ids
SPOTIFY_RECENT = 50  # URI and separated artists, but the start is an estimate
NAVIDROME = 45  # a server's own scrobbles, with ids from the files' tags
LASTFM_API = 40  # one credit text, ids often stale
YOUTUBE_MUSIC = 38  # an exact start, one name for the artist, often a channel's
PANO = 34  # a player's own log: title, artist, album and length
ROCKBOX = 32  # the same, of a clock whose zone is often unknown
PLEX = 31  # only that a track was played, and when it counted
LASTFM_CSV = 30  # often to the minute and in an unknown clock
