"""A copy of the package on disk whose files are edited, and can be taken back."""

from __future__ import annotations

import shutil
from pathlib import Path

import wrapped_assets

PACKAGE = "wrapped_assets"


class PackageCopy:
    """The package's sources under `folder`; files are named relative to the package, "insights/listener/night_owl.py"."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(Path(wrapped_assets.__file__).parent, folder / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
        self.pristine = {path: self._path(path).read_text(encoding="utf-8") for path in self._files()}
        self.edits: dict[str, int] = {}  # edited file → how many edits lie on it

    def _path(self, file: str) -> Path:
        return self.folder / PACKAGE / file

    def _files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder / PACKAGE)) for path in (self.folder / PACKAGE).rglob("*.py"))

    def below(self, *folders: str) -> list[str]:
        """The modules of some folders, without the packages' own."""
        places = tuple(f"{folder}/" for folder in folders)
        return [file for file in self._files() if file.startswith(places) and not file.endswith("__init__.py")]

    def read(self, file: str) -> str:
        return self._path(file).read_text(encoding="utf-8")

    def write(self, file: str, text: str) -> None:
        """One more edit of a file. A compiled file of the same second and size would hide it, so that goes."""
        self._path(file).write_text(text, encoding="utf-8")
        for compiled in (self._path(file).parent / "__pycache__").glob(f"{self._path(file).stem}.*.pyc"):
            compiled.unlink()
        self.edits[file] = self.edits.get(file, 0) + 1

    def revert(self, file: str) -> None:
        """The file as it was before any edit; one that an edit added stays, for others may import it."""
        if file in self.pristine:
            self.write(file, self.pristine[file])
        self.edits.pop(file, None)
