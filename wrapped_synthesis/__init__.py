"""Realistic populations, made from a seed.

Belongs: invented listeners, recordings, plays, catalogues and consents, and the export files of an invented household. Keep out:
anything of the real pipeline, and any artist that exists. The population's distributions are integer tables (`tables`), so that the
same arguments give the same bytes on any number of threads.
"""
