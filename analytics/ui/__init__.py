"""Everything on the screen: the main script, what the pages share, and a module or folder for each page."""
