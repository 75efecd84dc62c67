"""Files that other players read, one format a file. Keep out: which tracks a playlist holds, and the network."""
