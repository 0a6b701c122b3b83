"""What passes between the pages and the browser: the address, dialogs, clicks, and how all of it looks."""
