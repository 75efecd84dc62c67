"""The code location that Dagster loads."""

import gc

gc.disable()  # nearly all that loading makes stays, and looking at it again and again takes a tenth of the time
try:
    from wrapped_assets.orchestration.location import definitions

    defs = definitions()
finally:
    gc.enable()
