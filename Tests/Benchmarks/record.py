"""Puts the last full run into the page about it:  record.py PAGE TABLE RESULTS"""

import json
import re
import sys
from datetime import date
from pathlib import Path

page, table, results = (Path(argument) for argument in sys.argv[1:4])
machine = json.loads(results.read_text())["machine"]
facts = [f"- {name}: {value}" for name, value in machine.items()]
text = f"Measured on {date.today()}.\n\n" + "\n".join(facts) + "\n\n" + table.read_text()
block = f"<!-- last run -->\n{text}<!-- end of last run -->"
page.write_text(re.sub(r"<!-- last run -->.*?<!-- end of last run -->", lambda _: block, page.read_text(), flags=re.S))
