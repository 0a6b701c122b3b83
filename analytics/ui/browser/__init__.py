"""Between the pages and the browser: the address, dialogs, clicks, and the look of it all."""
