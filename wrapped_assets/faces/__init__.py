"""The faces that pages and pictures embed: Fira Sans for European and Vietnamese names, and GNU Unifont as a picture's last resort.

`tools/make_faces.py` writes the files from published packages. Both faces are under the SIL Open Font License 1.1 (`OFL.txt`).
"""
