"""A report's text to its headings, sections and passages (sentences), all by offsets."""
