"""How many people must stand behind what a listener is shown of others: reviewed by whoever answers for privacy, read by the assets."""

from __future__ import annotations

# A recommendation rests on at least so many listeners of like taste: a title that fewer of them heard is shown to nobody, so that
# no row tells what one person plays, and none comes or goes with one person alone below that number.
RECOMMENDING_LISTENERS = 5
# Members of a group who agreed to show each other what they play do so from two on: one beside the listener is enough, as they were told.
SHARING_MEMBERS = 2
# In larger groups nobody knows whom they show what: there is no sharing in them.
MOST_SHARING_MEMBERS = 25
