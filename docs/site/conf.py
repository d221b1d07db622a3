"""The pages of docs as one site: Scripts/site builds it."""

import re
import sys
from pathlib import Path

root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "Sources/Python"))

project = "Reinit"
author = "The Reinit authors"
copyright = "2026, The Reinit authors"
release = re.search(r'version = "([^"]+)"', (root / "Sources/Diagnostics/Release.swift").read_text()).group(1)

extensions = ["myst_parser", "sphinx.ext.autodoc"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["codes/**", "architectures/**"]
html_theme = "furo"
html_title = f"Reinit {release}"
html_static_path = []
html_copy_source = False
html_show_sphinx = False
# No font, script or image comes from another place.
html_theme_options = {"sidebar_hide_name": False}

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
# Examples are fragments of many languages, which no lexer reads as whole files.
highlight_language = "none"
suppress_warnings = ["misc.highlighting_failure"]
autodoc_member_order = "bysource"
autodoc_typehints = "description"
nitpicky = False
