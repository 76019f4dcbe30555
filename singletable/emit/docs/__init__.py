"""Documents of a design, in Markdown."""
